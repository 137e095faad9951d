import type { CircuitSettings } from '../../src/checker/circuit.js';
import type { Clock } from '../../src/checker/clock.js';
import { EcpdsServer } from '../../src/checker/ecpds-server.js';
import type { Limits } from '../../src/checker/limiter.js';
import type { CheckObserver } from '../../src/checker/observer.js';
import type { Fetch } from '../../src/http/bounded-get.js';
import { SERVICE } from './ecpds.js';

export interface ServersOptions {
  readonly urls: readonly string[];
  readonly fetch: Fetch;
  readonly observer: CheckObserver;
  /** A minute unless said otherwise. */
  readonly requestTimeoutMs?: number;
  readonly limits?: Limits;
  readonly circuit?: CircuitSettings;
  readonly clock?: Clock;
}

/** ECPDS servers as the engine makes them, with the service account of the stand-ins. */
export function ecpdsServers(options: ServersOptions): EcpdsServer[] {
  const { urls, fetch, observer, requestTimeoutMs = 60_000 } = options;
  const shared = {
    settings: { ...SERVICE, targetField: 'name', requestTimeoutMs },
    limits: options.limits ?? { maxConcurrent: 64, maxQueued: 10_000 },
    circuit: options.circuit ?? null,
    fetch,
    clock: options.clock ?? performance,
    observer,
  };
  return urls.map((url, index) => new EcpdsServer({ index, server: new URL(url) }, shared));
}
