/** Markup that may stand in a page as it is. Made by `html` alone, or by `trusted` from text of this program. */
export class Html {
  constructor(readonly markup: string) {}
}

/** What can be put into a template: text is escaped, null is nothing. */
export type Content = Html | string | number | null | readonly Content[];

/**
 * Markup from a template. Whatever is put into it is text, unless it is markup already, and can make neither a tag nor
 * an attribute, as long as attributes are quoted.
 */
export function html(template: TemplateStringsArray, ...values: readonly Content[]): Html {
  return new Html(template.reduce((page, part, index) => page + markupOf(values[index - 1] ?? null) + part));
}

/** Markup that was not made by `html`: only for text in which nothing comes from outside. */
export const trusted = (markup: string): Html => new Html(markup);

function markupOf(content: Content): string {
  if (content === null) return '';
  if (content instanceof Html) return content.markup;
  if (typeof content === 'object') return content.map(markupOf).join('');
  return escaped(String(content));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * What HTML does not take: control characters, halves of characters and noncharacters. And what turns the direction of
 * the text after it around, by which an error text could make a line say something else.
 */
const UNPRINTABLE =
  /[\p{Surrogate}\p{Noncharacter_Code_Point}\u{202a}-\u{202e}\u{2066}-\u{2069}]|(?![\t\n])\p{Control}/gu;

function escaped(text: string): string {
  return text.replace(UNPRINTABLE, '\u{fffd}').replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
