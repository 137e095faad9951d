import type { KeyState } from '../../domain/key-state.js';

/** One attempt to fetch a provider's keys, after it ended. */
export interface KeyAttempt {
  /** How the provider stands now. */
  readonly state: Omit<KeyState, 'required'>;
  readonly durationMs: number;
  readonly status: number | null;
  /** The ids of the keys, when there are others than before; null: as they were. */
  readonly changedTo: readonly string[] | null;
  /** Why keys of the set were left out. */
  readonly skipped: readonly string[];
}

/** Told of what happens to keys, for events and series. */
export interface KeyObserver {
  keysAttempted(attempt: KeyAttempt): void;
  /** A readiness probe failed because these providers' keys were never had. */
  notReady(waitingFor: readonly string[]): void;
}
