/** One thing wrong with the configuration, or, as a warning, legal but risky. Never holds a secret's value. */
export interface Problem {
  /** Where: `ecpds.servers[1]`, a file with line and column, or the name of an environment variable. */
  readonly path: string;
  /** What is wrong. */
  readonly problem: string;
  /** What would be right. */
  readonly cure: string;
}

/** The way to a setting: names of keys, and positions in lists. */
export type Path = readonly (string | number)[];

export function problemAt(path: Path, problem: string, cure: string): Problem {
  return { path: showPath(path), problem, cure };
}

/** `ecpds.servers[1]`; names that are not plain are quoted: `notification_schema["a b"].auth`. */
export function showPath(path: Path): string {
  return path.reduce<string>((text, step, index) => text + showStep(step, index), '');
}

function showStep(step: string | number, index: number): string {
  if (typeof step === 'number') return `[${step}]`;
  if (!isPlainName(step)) return `[${quote(step)}]`;
  return index === 0 ? step : `.${step}`;
}

/** A name that can be shown as it is: it cannot be a line of a broken file with a secret on it. */
export function isPlainName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/.test(name);
}

/** A name that an operator chose, on one line and of bounded length. */
export function quote(name: string): string {
  return JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name);
}
