import { parseArgs } from 'node:util';
import { DRILL_NAMES, type DrillName } from './drill.js';

export interface Options {
  /** The drills to run; all unless given. */
  readonly only: readonly DrillName[];
  readonly json: boolean;
  /** Prints the table of `docs/outages.md`. */
  readonly markdown: boolean;
  /** Where to write the picture; nowhere unless given. */
  readonly out: string | null;
  readonly seed: number;
}

export const USAGE = `npm run drill -- [options]

Outages of ECPDS in simulated time, with the real engine: what clients see, with and without each protection.

  (none)        every drill, about a minute
  --only NAME   one drill: ${DRILL_NAMES.join(', ')}; repeatable
  --json        the results on standard output, as JSON
  --markdown    the table of docs/outages.md
  --out FILE    draws the picture (SVG); runs the drills that it shows, too
  --seed N      another course of chance; 1 unless given

Exit code 1: somebody was allowed without a complete verdict younger than the TTL.`;

/** @throws TypeError for an option that does not exist, or a value that cannot be */
export function readOptions(args: readonly string[]): Options | 'help' {
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', multiple: true, default: [] as string[] },
      json: flag,
      markdown: flag,
      out: { type: 'string' },
      seed: { type: 'string', default: '1' },
      help: flag,
    },
  });
  if (values.help) return 'help';
  if (values.json && values.markdown) throw new TypeError('either --json or --markdown');
  const { json, markdown, out = null } = values;
  return { json, markdown, out, only: values.only.map(drillName), seed: seedOf(values.seed) };
}

function drillName(name: string): DrillName {
  const known = DRILL_NAMES.find((drill) => drill === name);
  if (known === undefined) throw new TypeError(`--only ${name}: there is ${DRILL_NAMES.join(', ')}`);
  return known;
}

function seedOf(text: string): number {
  if (/^[0-9]{1,9}$/.test(text)) return Number(text);
  throw new TypeError(`--seed ${text}: a whole number of at most nine digits`);
}
