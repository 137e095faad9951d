import { identityKey } from '../../../src/domain/identity.js';
import { asUsername } from '../../../src/domain/names.js';
import { DistinctUsers, MAX_USERS } from '../../../src/observe/distinct-users.js';
import { heldBytes } from '../world/held.js';

/** What counting distinct users costs, per decision, per scrape and in memory (docs/decisions/0029-distinct-users.md). */
const ADDS = 2_000_000;
const ROUNDS = 5;
const CROWD = 200_000;

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const ISSUER = 'https://idp.example.org/realms/customers';
const keyOf = (i: number): string =>
  identityKey({ username: asUsername(`user${i}`), realm: null, issuer: ISSUER, roles: [] });
const newUsers = (): DistinctUsers => new DistinctUsers(() => performance.now());

/** @returns milliseconds */
function timed(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function add(users: DistinctUsers, keys: readonly string[], times: number): void {
  for (let i = 0; i < times; i++) users.add('allow', keys[i % keys.length] ?? '');
}

const median = (values: readonly number[]): number =>
  [...values].sort((one, other) => one - other)[values.length >> 1] ?? Number.NaN;

function speed(number: number): void {
  const users = newUsers();
  const keys = Array.from({ length: number }, (_, i) => keyOf(i));
  add(users, keys, ADDS);
  const adding = Array.from({ length: ROUNDS }, () => timed(() => add(users, keys, ADDS)));
  const counting = Array.from({ length: ROUNDS }, () => timed(() => void users.count('allow')));
  const [ns, ms] = [(median(adding) / ADDS) * 1e6, median(counting)];
  say(`${number} users: ${ns.toFixed(0)} ns per decision, ${ms.toFixed(2)} ms per count of an outcome`);
}

/** Their names included, which in the running program the cache of lists may share. */
function memory(): void {
  const before = heldBytes();
  const users = newUsers();
  const held: string[] = [];
  for (const number of [1, 1000, 10_000, MAX_USERS]) {
    for (let i = 0; i < number; i++) users.add('allow', keyOf(i));
    held.push(`${((heldBytes() - before) / 1e6).toFixed(1)} MB with ${users.count('allow')}`);
  }
  say(`memory of an outcome: ${held.join(', ')}`);
}

memory();
for (const number of [1, 100, 10_000, MAX_USERS, CROWD]) speed(number);
