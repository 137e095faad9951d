import type { Fetch, FetchResponse } from '../../../src/http/bounded-get.js';
import { type Drill, HEALTHY, SERVERS, type Weather } from '../drill.js';
import { between, type Random } from '../random.js';
import { listedBy } from './people.js';

/** One call to a server, as the server sees it. Times are milliseconds from the start of the drill. */
export interface Call {
  readonly server: number;
  readonly user: string;
  readonly startedAt: number;
  endedAt: number | null;
  /** What a usable answer listed; null: none came (yet). */
  listed: readonly string[] | null;
}

export interface Network {
  readonly fetch: Fetch;
  /** Every call, in the order in which they began. */
  readonly calls: readonly Call[];
}

export const SERVER_URLS = Array.from({ length: SERVERS }, (_, i) => `https://ecpds-${i}.example.int`);

/** A network with nothing but the servers of a drill in it, and their weather. */
export function createNetwork(drill: Drill, now: () => number, random: Random): Network {
  const calls: Call[] = [];
  return {
    calls,
    async fetch(url, { signal }) {
      const server = SERVER_URLS.indexOf(url.origin);
      const user = url.searchParams.get('id') ?? '';
      const startedAt = now();
      const call: Call = { server, user, startedAt, endedAt: null, listed: null };
      calls.push(call);
      try {
        const { status, latencyMs } = await outcomeOf(weatherOf(drill, server, startedAt), random);
        await passing(latencyMs, signal);
        if (status !== 200) return response(status, '');
        call.listed = listedBy(drill, server, user, now());
        return response(200, bodyOf(call.listed));
      } finally {
        call.endedAt = now();
      }
    },
  };
}

function weatherOf({ outage }: Drill, server: number, at: number): Weather {
  if (outage === null || at < outage.fromMs || at >= outage.untilMs) return HEALTHY;
  return outage.weather(server, at - outage.fromMs) ?? HEALTHY;
}

/** The status that comes, and when. @throws as `fetch` does when nobody listens */
async function outcomeOf(weather: Weather, random: Random) {
  switch (weather.kind) {
    case 'answers':
      return { status: 200, latencyMs: between(random, weather.latencyMs) };
    case 'unauthorized':
      return { status: 401, latencyMs: between(random, weather.latencyMs) };
    case 'hangs':
      return { status: 200, latencyMs: Number.POSITIVE_INFINITY };
    case 'refuses':
      throw new TypeError('fetch failed', {
        cause: Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }),
      });
  }
}

/** @throws when it is aborted before */
function passing(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const done = (): void => {
      signal.removeEventListener('abort', abort);
      resolve();
    };
    const timer = Number.isFinite(ms) ? setTimeout(done, ms) : undefined;
    signal.addEventListener('abort', abort, { once: true });
  });
}

const response = (status: number, body: string): FetchResponse => ({
  status,
  headers: { get: () => null },
  body: chunks(body),
});

async function* chunks(body: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(body);
}

const bodyOf = (names: readonly string[]): string =>
  JSON.stringify({ destinationList: names.map((name) => ({ name, active: true })), success: 'yes' });
