import type { Decision } from '../../../src/domain/decision.js';
import { saidBy } from './answers.js';
import type { Circuits } from './circuits.js';
import { type Kind, type Merged, merge, type Said } from './contract.js';
import type { Call } from './network.js';
import type { Asked } from './scenario.js';
import { CALL_MS, type Settings } from './settings.js';
import { keyOf, type User } from './users.js';

/** What must come of a request. */
export interface Expected {
  readonly verdict: 'allow' | 'deny' | 'unavailable';
  /** With `unavailable`. */
  readonly worst: Kind | null;
  /** What is wrong with how it was answered, whatever the verdict: calls too many, a hit on nothing. */
  readonly wrong: readonly string[];
}

interface Entry {
  readonly names: ReadonlySet<string>;
  readonly startedAt: number;
  isRefreshed: boolean;
}

const UNREACHABLE: Said = { usable: false, kind: 'Unreachable' };

/** The sidecar as the contract has it (sections 3, 4 and 8): what it may hold, and what it must say. */
export class Model {
  /** By the label of `aviso_ecpds_fetch_total`. */
  readonly fetches = new Map<string, number>();
  readonly verdicts = new Map<string, number>();
  readonly #entries = new Map<string, Entry>();
  readonly #ttlMs: number;

  constructor(
    private readonly settings: Settings,
    private readonly circuits: Circuits,
  ) {
    this.#ttlMs = settings.ttlSeconds * 1000;
  }

  listedFor(user: User): string[] {
    return [...(this.#entries.get(keyOf(user))?.names ?? [])].filter((name) => name !== '' && name !== '*');
  }

  /** The most lists that can be held now. */
  held(now: number): number {
    return [...this.#entries.values()].filter(({ startedAt }) => now - startedAt <= this.#ttlMs).length;
  }

  /**
   * @param seen says which of them were hits; whether they could be is judged here
   * @param standIns of the circuits when they were asked
   */
  expect(
    asked: readonly Asked[],
    seen: readonly Decision[],
    calls: readonly Call[],
    standIns: readonly (Said | null)[],
  ): Expected[] {
    const left = [...calls];
    const fetched = new Map<string, Fetched>();
    return asked.map((question, index) => {
      const decision = seen[index];
      const outcome = decision !== undefined && 'cacheOutcome' in decision ? decision.cacheOutcome : null;
      const isLast = index === asked.length - 1;
      const expected =
        outcome === 'hit'
          ? this.#hit(question, left, standIns)
          : this.#miss(question, outcome === 'miss_coalesced', left, standIns, fetched);
      count(this.verdicts, expected.verdict);
      return isLast && left.length > 0
        ? adding(expected, `${left.length} calls that nobody asked for`)
        : expected;
    });
  }

  #hit({ user, destination, at }: Asked, left: Call[], standIns: readonly (Said | null)[]): Expected {
    const entry = this.#entries.get(keyOf(user));
    if (entry === undefined) return { verdict: 'deny', worst: null, wrong: ['a hit on nothing'] };
    const age = at - entry.startedAt;
    const wrong = age <= this.#ttlMs ? [] : [`a hit on a list of ${age} ms`];
    const after = this.settings.protections.refresh_ahead?.after_ratio ?? Number.POSITIVE_INFINITY;
    if (!entry.isRefreshed && age >= this.#ttlMs * after) {
      entry.isRefreshed = true;
      const { merged, wrong: more } = this.#fetch(user, at, left, standIns);
      wrong.push(...more);
      if (merged.worst === null && merged.names !== null) this.#store(user, merged.names, at);
    }
    return { verdict: entry.names.has(destination) ? 'allow' : 'deny', worst: null, wrong };
  }

  #miss(
    { user, destination, at, patienceMs }: Asked,
    isCoalesced: boolean,
    left: Call[],
    standIns: readonly (Said | null)[],
    fetched: Map<string, Fetched>,
  ): Expected {
    const key = keyOf(user);
    const before = fetched.get(key);
    const entry = this.#entries.get(key);
    const wrong = [
      ...(entry !== undefined && before === undefined && !this.#mayBeGone(entry, at)
        ? ['a miss on a young list']
        : []),
      ...(isCoalesced === (before !== undefined) ? [] : ['fetched twice, or waited for nothing']),
    ];
    const fetch = before ?? this.#fetch(user, at, left, standIns);
    fetched.set(key, fetch);
    const { names, worst } = fetch.merged;
    if (names !== null && before === undefined) this.#store(user, names, at);
    wrong.push(...(before === undefined ? fetch.wrong : []));
    if (patienceMs !== null && fetch.endedAt > at + patienceMs)
      return { verdict: 'unavailable', worst: 'Unreachable', wrong };
    if (names === null) return { verdict: 'unavailable', worst: worst ?? 'Unreachable', wrong };
    return { verdict: names.has(destination) ? 'allow' : 'deny', worst: null, wrong };
  }

  #store(user: User, names: ReadonlySet<string>, startedAt: number): void {
    this.#entries.set(keyOf(user), { names, startedAt, isRefreshed: false });
  }

  #mayBeGone({ startedAt }: Entry, at: number): boolean {
    const { protections, maxEntries } = this.settings;
    return maxEntries < 10 || at - startedAt >= this.#ttlMs * (1 - protections.ttl_jitter);
  }

  /** Takes the calls of one fetch out of those that were made: one for each server whose circuit is closed. */
  #fetch(user: User, at: number, left: Call[], standIns: readonly (Said | null)[]): Fetched {
    const wrong: string[] = [];
    let endedAt = at;
    const said = standIns.map((standIn, server): Said => {
      if (standIn !== null) return standIn;
      if (!user.fits) return UNREACHABLE;
      const index = left.findIndex((call) => call.server === server && call.user === user.name);
      const [call] = index < 0 ? [] : left.splice(index, 1);
      if (call === undefined) wrong.push(`server ${server} was not asked for ${JSON.stringify(user.name)}`);
      if (call === undefined) return UNREACHABLE;
      if (call.startedAt !== at) wrong.push(`server ${server} was asked ${call.startedAt - at} ms later`);
      endedAt = Math.max(endedAt, call.endedAt ?? 0);
      return saidBy(call.answer, this.settings.field, CALL_MS);
    });
    const merged = merge(said, this.settings.policy);
    count(this.fetches, merged.label);
    return { merged, wrong: [...wrong, ...this.circuits.wrong.splice(0)], endedAt };
  }
}

interface Fetched {
  readonly merged: Merged;
  readonly wrong: readonly string[];
  readonly endedAt: number;
}

const adding = (expected: Expected, what: string): Expected => ({
  ...expected,
  wrong: [...expected.wrong, what],
});

const count = (counts: Map<string, number>, name: string): void =>
  void counts.set(name, (counts.get(name) ?? 0) + 1);
