import { CHANGE_MS } from '../settings.js';
import { userOf } from './people.js';

/** How many destinations a user has, and out of how many. Each has two halves: changing lists move between them. */
const PER_USER = 8;
const HALF = 32;

export const destinationName = (index: number): string => `SOAK${String(index).padStart(3, '0')}`;

/** The destinations of a user, in the version of the list with that number. */
export function listOf(user: string, version: number): readonly string[] {
  const { index } = userOf(user);
  const half = (version % 2) * HALF;
  return Array.from({ length: PER_USER }, (_, i) => destinationName(half + ((index * 5 + i * 3) % HALF)));
}

/** Some destination of the same half that is not on it. */
export function unlistedOf(user: string, version: number, chance: number): string {
  const { index } = userOf(user);
  const half = (version % 2) * HALF;
  const others = HALF - PER_USER;
  return destinationName(half + ((index * 5 + (PER_USER + Math.floor(chance * others)) * 3) % HALF));
}

/** What the list of a user is at that time, in milliseconds since the start of the world. Only some change. */
export function versionAt(user: string, sinceStartMs: number): number {
  const { habit, index } = userOf(user);
  if (habit !== 'changing') return 0;
  const offset = (index / 12) * CHANGE_MS; // not all at once
  return Math.floor((sinceStartMs + offset) / CHANGE_MS);
}

/** Every version that a user's list had between two times. */
export function versionsBetween(user: string, fromMs: number, untilMs: number): readonly number[] {
  const [first, last] = [versionAt(user, fromMs), versionAt(user, untilMs)];
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}
