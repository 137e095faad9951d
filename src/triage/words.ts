import type { Text } from './prose.js';
import type { Activity, Situation, Step } from './situation.js';

/** `1 request`, `2 requests`. */
export const many = (count: number, one: string, more = `${one}s`): string =>
  `${count} ${count === 1 ? one : more}`;

const UNITS = [
  { seconds: 86_400, unit: 'd' },
  { seconds: 3_600, unit: 'h' },
  { seconds: 60, unit: 'min' },
] as const;

/** As a person says it: `12 s`, `5 min`, `3 h`, `2 d`; a unit from two of it on. */
export function duration(seconds: number): string {
  const fit = UNITS.find((unit) => seconds >= 2 * unit.seconds);
  return fit === undefined
    ? `${Math.max(0, Math.round(seconds))} s`
    : `${Math.floor(seconds / fit.seconds)} ${fit.unit}`;
}

/** `since 2026-11-25T17:04:12Z, for 12 s`. */
export function since({ at }: Situation, forSeconds: number): string {
  const from = new Date(Date.parse(at) - forSeconds * 1000).toISOString();
  return `since ${moment(from)}, for ${duration(forSeconds)}`;
}

/** An ISO 8601 date to the second. */
const moment = (iso: string): string => iso.replace(/\.\d+Z$/, 'Z');

/** `in the last 5 min`. */
export const lately = (activity: Activity): string =>
  `in the last ${duration(Math.max(1, activity.seconds))}`;

/** When something happened, to the step of the history; null when it did not. */
export function seen(history: readonly Step[], count: (step: Step) => number): string | null {
  const steps = history.filter((step) => count(step) > 0);
  const [first, last] = [steps[0], steps.at(-1)];
  if (first === undefined || last === undefined) return null;
  return first === last
    ? `seen at ${moment(first.at)}`
    : `first seen at ${moment(first.at)}, last at ${moment(last.at)}`;
}

/** How much something happened within so many of the latest seconds. */
export function within(situation: Situation, seconds: number, count: (step: Step) => number): number {
  const from = Date.parse(situation.at) - seconds * 1000;
  return situation.history
    .filter(({ at }) => Date.parse(at) > from)
    .reduce((sum, step) => sum + count(step), 0);
}

/** For so long after its last failure something that works again is still worth a finding, in seconds. */
export const OVER_SECONDS = 60;

/** Those that there are. */
export const present = <T extends Text>(texts: readonly (T | null)[]): readonly T[] =>
  texts.filter((text) => text !== null);

export const total = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

/** A share in percent, `0 %` of nothing. */
export const percent = (part: number, whole: number): string =>
  `${whole === 0 ? 0 : Math.round((100 * part) / whole)} %`;
