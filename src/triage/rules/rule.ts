import type { Finding } from '../diagnosis.js';
import type { Text } from '../prose.js';
import type { Situation } from '../situation.js';
import type { Cause, Symptom } from '../symptom.js';
import { FEW_USERS } from '../thresholds.js';
import { lately, many, percent } from '../words.js';

/** What a rule found; title, section, and what `cause` does not say come from the symptom's row. */
export interface Found {
  /** More exact than the symptom's own: by the dominant outcome. */
  readonly cause?: Cause;
  /** Which, and since when: stands in front of what the cause says is wrong. */
  readonly what: string;
  readonly evidence: readonly Text[];
  readonly users: Finding['users'];
}

/** Whether a symptom is there, from what one process knows of itself. Nothing found: it is not. */
export type Rule = (situation: Situation, symptom: Symptom) => readonly Found[];

/** Why one process cannot see a symptom by itself. */
export interface Unseen {
  readonly unseen: string;
}

export const NOTHING: readonly Found[] = [];

/** One user or a crowd, as the alerts tell them apart; null when nobody is known. */
export function crowd(users: number): Finding['users'] {
  if (users === 0) return null;
  if (users === 1) return 'one';
  return users <= FEW_USERS ? 'few' : 'many';
}

interface Storm {
  readonly atLeast: number;
  readonly share: number;
}

/** Both that many and that share, as the alerts see it. */
export const isStorm = (count: number, of: number, { atLeast, share }: Storm): boolean =>
  count >= atLeast && count > share * of;

/** `3 of 40 checks in the last 5 min got 503 (8 %): a few, no storm`. */
export function extent(
  { recent }: Situation,
  { count, of, unit, status }: { count: number; of: number; unit: string; status: string },
  storm: Storm,
): string {
  const size = isStorm(count, of, storm) ? `a ${status} storm` : 'a few, no storm';
  return `${count} of ${many(of, unit)} ${lately(recent)} got ${status} (${percent(count, of)}): ${size}`;
}

/** How many people it is about. */
export const people = (users: number): string | null =>
  users === 0 ? null : `${many(users, 'distinct user')} in the last 5 min`;

/** So many requests of so few users are clients that try again and again. */
export const loop = (count: number, users: number, atLeast: number): string | null =>
  count >= atLeast && users > 0 && users <= FEW_USERS
    ? `${count} requests of ${many(users, 'user')}: a client in a loop, not a crowd`
    : null;
