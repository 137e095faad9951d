/** A part of a sentence: text as it is, or a name that is shown as code. */
export type ProsePart = string | { readonly code: string };

/**
 * A sentence in which some words are code. What is code comes from constants of this program alone: a backtick in a
 * text that is put into it later is a backtick. As text, and in JSON, code stands in backticks.
 */
export class Prose {
  constructor(readonly parts: readonly ProsePart[]) {}

  toString(): string {
    return this.parts.map((part) => (typeof part === 'string' ? part : `\`${part.code}\``)).join('');
  }

  toJSON(): string {
    return this.toString();
  }
}

/** A sentence for people. In one that is a string nothing is code, whatever stands in it. */
export type Text = string | Prose;

/** A constant sentence with `code` in backticks. Takes what is written in the source, and does not compile with another text. */
export function withCode<const Written extends string>(
  text: string extends Written ? never : Written,
): Prose {
  const parts: readonly string[] = text.split('`');
  return new Prose(parts.map((part, index) => (index % 2 === 0 ? part : { code: part })));
}

/** Puts texts together as a template does; what was code in them stays code, and nothing becomes it. */
export function prose(template: TemplateStringsArray, ...values: readonly (Text | number)[]): Prose {
  const parts = template.flatMap((text, index) => [...partsOf(values[index - 1] ?? ''), text]);
  return new Prose(parts.filter((part) => part !== ''));
}

const partsOf = (value: Text | number): readonly ProsePart[] =>
  value instanceof Prose ? value.parts : [String(value)];
