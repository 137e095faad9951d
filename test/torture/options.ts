import { parseArgs } from 'node:util';
import type { Size } from './part.js';
import { PARTS, partOf } from './parts.js';

export interface Options {
  readonly size: Size;
  /** The names of the parts to run; all unless given. */
  readonly only: readonly string[];
  readonly seed: number;
  readonly json: boolean;
  /** Whether the deliberately broken programs are run, in place of the parts. */
  readonly mutants: boolean;
  /** Takes the results over as those of `docs/reliability.md`. */
  readonly accept: boolean;
}

export const USAGE = `npm run torture -- [options]

Everything that may come from outside, thrown at the sidecar; it must allow nothing wrong, and go on.

  (none)        every part in its long form, about fifteen minutes on two cores
  --short       every part in its short form, as CI runs it
  --mutants     in their place, programs that are broken on purpose: each must be caught; about fifteen minutes
  --only NAME   one part: ${PARTS.map(({ name }) => name).join(', ')}; repeatable
  --seed N      other cases; 1 unless given
  --accept      docs/reliability.md shows this run; not with --only
  --json        the results on standard output, as JSON

Exit code 1: something was allowed wrongly, a promise was broken, or a broken program was not caught.`;

/** @throws TypeError for an option that does not exist, or a value that cannot be */
export function readOptions(args: readonly string[]): Options | 'help' {
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      short: flag,
      mutants: flag,
      accept: flag,
      json: flag,
      help: flag,
      only: { type: 'string', multiple: true, default: [] as string[] },
      seed: { type: 'string', default: '1' },
    },
  });
  if (values.help) return 'help';
  const { mutants, accept, json, only } = values;
  if (accept && only.length > 0) throw new TypeError('either --accept or --only: the page shows every part');
  return {
    size: values.short ? 'short' : 'long',
    mutants,
    accept,
    json,
    only: only.map(partName),
    seed: seedOf(values.seed),
  };
}

function partName(name: string): string {
  if (partOf(name) !== undefined) return name;
  throw new TypeError(`--only ${name}: there is ${PARTS.map((part) => part.name).join(', ')}`);
}

function seedOf(text: string): number {
  if (/^[0-9]{1,9}$/.test(text)) return Number(text);
  throw new TypeError(`--seed ${text}: a whole number of at most nine digits`);
}
