import { parseArgs } from 'node:util';
import type { Mode } from './context.js';
import { isPartName, PART_NAMES, type PartName } from './parts.js';

export interface Options {
  readonly mode: Mode;
  /** The parts to run; all of the mode's unless given. */
  readonly only: readonly PartName[];
  readonly json: boolean;
  readonly profile: boolean;
  /** Takes a regressed result over as the new committed one. */
  readonly accept: boolean;
}

export const USAGE = `npm run bench -- [options]

  (none)         everything, about 12 minutes; writes bench/results.json
  --quick        everything, roughly, about 90 seconds
  --gates        only the ratios that fail a run when they regress, about 80 seconds
  --only PART    one part: ${PART_NAMES.join(', ')}; repeatable
  --profile      where the time of a cached decision goes, by function and by package
  --json         the results on standard output, as JSON
  --accept       a full run replaces bench/results.json even when something regressed

All but a full run write bench/results.local.json.`;

/** @throws TypeError for an option that does not exist, or a part that does not */
export function readOptions(args: readonly string[]): Options | 'help' {
  const flag = { type: 'boolean', default: false } as const;
  const options = { quick: flag, gates: flag, json: flag, profile: flag, accept: flag, help: flag };
  const only = { type: 'string', multiple: true, default: [] as string[] } as const;
  const { values } = parseArgs({ args: [...args], options: { ...options, only } });
  if (values.help) return 'help';
  if (values.quick && values.gates) throw new TypeError('either --quick or --gates');
  const { json, profile, accept } = values;
  const mode = values.gates ? 'gates' : values.quick ? 'quick' : 'full';
  return { mode, json, profile, accept, only: values.only.map(partName) };
}

function partName(name: string): PartName {
  if (isPartName(name)) return name;
  throw new TypeError(`--only ${name}: there is ${PART_NAMES.join(', ')}`);
}
