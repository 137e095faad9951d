import { inTime } from '../../domain/in-time.js';
import { fail } from '../../domain/result.js';
import type { SignatureAlgorithm } from '../../domain/signature-algorithm.js';
import type { KeyFetch } from './fetch-keys.js';
import type { VerificationKey } from './key.js';
import { findKey, type KeySet } from './key-set.js';
import type { KeyAttempt } from './observer.js';
import type { RefreshSettings } from './settings.js';

export interface SlotOptions {
  /** The configured name. */
  readonly provider: string;
  readonly refresh: RefreshSettings;
  /** One attempt. `known`: where the keys were last time, or null to find out anew. */
  readonly fetch: (known: URL | null) => Promise<KeyFetch>;
  /** The monotonic clock, in milliseconds. */
  readonly now: () => number;
  readonly attempted: (attempt: KeyAttempt) => void;
}

/** The key of a token. `unknown`: the provider has no such key. `unavailable`: nobody can say at the moment. */
export type KeyLookup =
  | { readonly kind: 'found'; readonly key: VerificationKey; readonly generation: number }
  | { readonly kind: 'misfit' | 'unknown' | 'unavailable' };

interface Held {
  readonly set: KeySet;
  readonly fetchedAt: number;
  readonly generation: number;
}
interface LastAttempt {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly failure: (KeyFetch['result'] & { readonly ok: false }) | null;
}

/**
 * The keys of one provider: what was fetched last, how old it is, and how the last attempt ended.
 *
 * One attempt at a time, whoever asks for it, so that a slow one can never overwrite what a later one brought. A failed
 * one changes nothing: keys age from the start of the fetch that brought them, and are gone at `maxStaleMs`.
 */
export class KeySlot {
  readonly #options: SlotOptions;
  readonly #createdAt: number;
  #held: Held | null = null;
  #last: LastAttempt | null = null;
  #running: Promise<void> | null = null;
  #jwksUri: URL | null = null;

  constructor(options: SlotOptions) {
    this.#options = options;
    this.#createdAt = options.now();
  }

  /**
   * Looks for the key of a token; for an id that is unknown asks the provider, at most once per cooldown counted from
   * the end of the last attempt, and waits for the answer no longer than `remainingMs`.
   */
  async keyFor(kid: string | null, algorithm: SignatureAlgorithm, remainingMs: number): Promise<KeyLookup> {
    const found = this.#find(kid, algorithm);
    if (found.kind === 'found' || found.kind === 'misfit') return found;
    if (this.#running !== null || this.#isCooledDown()) {
      const ended = this.refresh(this.#jwksUri).then(() => true);
      if (!(await inTime(remainingMs, ended, false))) return { kind: 'unavailable' };
    }
    return this.#find(kid, algorithm);
  }

  /** Fetches the keys, or joins the attempt that is running. Never rejects for what a provider does. */
  refresh(known: URL | null = null): Promise<void> {
    this.#running ??= this.#attempt(known).finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  /** Changes with every set that is stored; null while there are no keys that may be used. */
  get generation(): number | null {
    return this.#usable()?.generation ?? null;
  }

  /** Until the next attempt is due, in milliseconds. @param share of the longest time, 0 to 1 */
  dueInMs(share: number): number {
    const { refreshMs, cooldownMs } = this.#options.refresh;
    if (this.#last === null) return 0;
    const { startedAt, endedAt, failure } = this.#last;
    const due = failure === null ? startedAt + refreshMs * share : endedAt + cooldownMs * share;
    return Math.max(0, due - this.#options.now());
  }

  state(): KeyAttempt['state'] {
    const since = this.#held?.fetchedAt ?? this.#createdAt;
    const failure = this.#last?.failure?.failure ?? null;
    return {
      provider: this.#options.provider,
      hadKeys: this.#held !== null,
      keys: this.#usable()?.set.keys.length ?? 0,
      ageSeconds: (this.#options.now() - since) / 1000,
      stale: failure !== null,
      lastOutcome: this.#last === null ? null : (failure?.outcome ?? 'success'),
      lastError: failure?.error ?? null,
    };
  }

  #find(kid: string | null, algorithm: SignatureAlgorithm): KeyLookup {
    const held = this.#usable();
    if (held === null) return { kind: 'unavailable' };
    const found = findKey(held.set, kid, algorithm);
    if (found.kind === 'found') return { ...found, generation: held.generation };
    if (found.kind === 'misfit') return found;
    return { kind: this.#last?.failure === null ? 'unknown' : 'unavailable' };
  }

  #usable(): Held | null {
    const held = this.#held;
    const isFresh = held !== null && this.#options.now() - held.fetchedAt < this.#options.refresh.maxStaleMs;
    return isFresh ? held : null;
  }

  #isCooledDown(): boolean {
    return (
      this.#last === null || this.#options.now() - this.#last.endedAt >= this.#options.refresh.cooldownMs
    );
  }

  async #attempt(known: URL | null): Promise<void> {
    const { now, fetch, attempted } = this.#options;
    const startedAt = now();
    const { result, status, jwksUri } = await fetch(known).catch(asFailure);
    const endedAt = now();
    const before = idsOf(this.#held);
    if (result.ok) {
      this.#held = { set: result.value, fetchedAt: startedAt, generation: (this.#held?.generation ?? 0) + 1 };
    }
    // What failed may have moved: the next attempt asks again where the keys are.
    this.#jwksUri = result.ok ? jwksUri : null;
    this.#last = { startedAt, endedAt, failure: result.ok ? null : result };
    const ids = idsOf(this.#held);
    attempted({
      state: this.state(),
      durationMs: endedAt - startedAt,
      status,
      changedTo: ids.join() === before.join() ? null : ids,
      skipped: result.ok ? result.value.skipped : [],
    });
  }
}

/** A fault of ours in reading what a provider sent: it costs that provider's fresh keys, not the process. */
function asFailure(cause: unknown): KeyFetch {
  const error = `unexpected ${cause instanceof Error ? cause.name : typeof cause}`;
  return { status: null, result: fail({ outcome: 'invalid_response', error }), jwksUri: null };
}

const idsOf = (held: Held | null): string[] => held?.set.keys.map(({ kid }) => kid ?? '(none)').sort() ?? [];
