import { styleText } from 'node:util';

/** Where a command writes, and how it ends. Commands get it as an argument, so that tests can read what they say. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** Colours a text on a terminal; returns it plain when piped, or when `NO_COLOR` is set. */
  paint(style: Style, text: string): string;
  /** The environment that the command was started with. */
  readonly env: NodeJS.ProcessEnv;
}
export type Style = 'green' | 'red' | 'yellow' | 'bold' | 'dim';

/** Exit codes of every command. */
export const EXIT = { ok: 0, denied: 1, trouble: 1, failed: 1, usage: 2, unavailable: 3 } as const;

export function processTerminal(env: NodeJS.ProcessEnv): Terminal {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', unlessReaderLeft);
  const coloured = process.stdout.isTTY && env['NO_COLOR'] === undefined;
  return {
    out: (text) => void process.stdout.write(`${text}\n`),
    err: (text) => void process.stderr.write(`${text}\n`),
    paint: (style, text) => (coloured ? styleText(style, text) : text),
    env,
  };
}

/** In `check … | head -1` nobody reads the rest. That is no fault: the exit code is the verdict all the same. */
function unlessReaderLeft(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

/** Rows as aligned columns; the first row is the heading. Widths are taken before colouring. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths =
    rows[0]?.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** A text of others without what a terminal might obey. */
export const printable = (text: string | { toString(): string }): string =>
  `${text}`.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?');
