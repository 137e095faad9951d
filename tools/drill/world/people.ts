import { type Drill, SERVERS } from '../drill.js';
import { between, type Random } from '../random.js';

/** One user's wish to open a stream. */
export interface Arrival {
  /** Milliseconds from the start of the drill. */
  readonly at: number;
  readonly user: string;
  readonly destination: string;
}

/** How many destinations a user has, and how many requests in a hundred ask for one that they do not have. */
const PER_USER = 4;
const STRANGE_PERCENT = 5;
const NOT_THEIRS = 'SECRET';

const userName = (index: number): string => `user${String(index).padStart(4, '0')}`;
const indexOf = (user: string): number => Number(user.slice('user'.length));

const destinationsOf = (user: string): string[] =>
  Array.from(
    { length: PER_USER },
    (_, i) => `DST${String((indexOf(user) * 7 + i * 13) % 60).padStart(2, '0')}`,
  );

/** The destination that a user loses, if any: the one that they ask for most. */
export const losableOf = (user: string): string => destinationsOf(user)[0] ?? NOT_THEIRS;
export const losesRight = (drill: Drill, user: string): boolean =>
  indexOf(user) < (drill.revocation?.users ?? 0);

/** What a server lists for a user at a time: the truth that a verdict is measured by. Every fifth user is known to both. */
export function listedBy(drill: Drill, server: number, user: string, at: number): readonly string[] {
  const index = indexOf(user);
  if (index % SERVERS !== server && index % 5 !== 0) return [];
  const isRevoked = drill.revocation !== null && losesRight(drill, user) && at >= drill.revocation.atMs;
  return isRevoked ? destinationsOf(user).slice(1) : destinationsOf(user);
}

/** Who comes when, and for what, in order. */
export function arrivalsOf({ users, traffic, durationMs }: Drill, random: Random): readonly Arrival[] {
  const arrivals: Arrival[] = [];
  for (let index = 0; index < users; index += 1) {
    const user = userName(index);
    let at: number | null = between(random, [0, traffic.firstWithinMs - 1]);
    while (at !== null && at < durationMs) {
      arrivals.push({ at, user, destination: wishOf(user, random) });
      at = traffic.everyMs === null ? null : at + between(random, traffic.everyMs);
    }
  }
  return arrivals.sort((one, other) => one.at - other.at);
}

function wishOf(user: string, random: Random): string {
  if (random() * 100 < STRANGE_PERCENT) return NOT_THEIRS;
  const own = destinationsOf(user);
  return random() < 0.5 ? losableOf(user) : (own[between(random, [1, own.length - 1])] ?? NOT_THEIRS);
}
