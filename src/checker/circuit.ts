import type { FetchFailure } from '../domain/fetch-outcome.js';
import type { Username } from '../domain/names.js';
import type { ServerReport } from './server.js';

export interface CircuitSettings {
  /** `failures`: how many failed calls in a row open it. */
  readonly failures: number;
  /** `open_seconds`, in milliseconds: how often an open circuit is probed. */
  readonly openMs: number;
}

export interface CircuitActions {
  /** Asks the server for this user's list, to see whether it is back. */
  probe(username: Username): Promise<ServerReport>;
  opened(outcome: FetchFailure): void;
  closed(): void;
  /** A probe hit a bug; the next one comes all the same. */
  broke(cause: unknown): void;
}

type Outcome = 'Success' | FetchFailure;

/** What speaks of a server that is not there; any other answer is one, and does not open a circuit. */
const isOutage = (outcome: Outcome): outcome is 'Unreachable' | 'ServerError' =>
  outcome === 'Unreachable' || outcome === 'ServerError';

/**
 * The circuit breaker of one server (contract section 8). Closed, it counts failures in a row. Open, it stands for the
 * server with its last failure, and only a background probe, one per period, closes it: never a user's request.
 */
export class Circuit {
  readonly #settings: CircuitSettings;
  readonly #actions: CircuitActions;
  #failuresInARow = 0;
  #lastFailed: { readonly outcome: FetchFailure; readonly username: Username } | null = null;
  #isOpen = false;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(settings: CircuitSettings, actions: CircuitActions) {
    this.#settings = settings;
    this.#actions = actions;
  }

  /** The failure to answer with in place of a call, or null when calls are to be made. */
  get openWith(): FetchFailure | null {
    return this.#isOpen ? (this.#lastFailed?.outcome ?? 'Unreachable') : null;
  }

  /** Takes note of what a call made for a user came to. One that began before the circuit opened cannot close it. */
  record(outcome: Outcome, username: Username): void {
    if (isOutage(outcome)) {
      this.#lastFailed = { outcome, username };
      this.#failuresInARow += 1;
      if (!this.#isOpen && this.#failuresInARow >= this.#settings.failures) this.#open(outcome);
    } else if (!this.#isOpen) {
      this.#failuresInARow = 0;
    }
  }

  /** Ends the probing. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  #open(outcome: FetchFailure): void {
    if (this.#isStopped) return;
    this.#isOpen = true;
    this.#probeIn(this.#settings.openMs);
    this.#actions.opened(outcome);
  }

  #probeIn(delayMs: number): void {
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => void this.#probe(), delayMs).unref();
  }

  async #probe(): Promise<void> {
    const { openMs } = this.#settings;
    try {
      const username = this.#lastFailed?.username;
      if (username === undefined) throw new Error('a circuit is open without a failed call');
      const { result, durationMs } = await this.#actions.probe(username);
      const outcome = result.ok ? 'Success' : result.failure.outcome;
      if (!isOutage(outcome)) return this.#close();
      this.#lastFailed = { outcome, username };
      this.#probeIn(Math.max(0, openMs - durationMs));
    } catch (cause) {
      this.#actions.broke(cause);
      this.#probeIn(openMs);
    }
  }

  #close(): void {
    this.#isOpen = false;
    this.#failuresInARow = 0;
    if (!this.#isStopped) this.#actions.closed();
  }
}
