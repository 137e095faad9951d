import type { Fetch } from '../../../src/http/bounded-get.js';
import { SERVICE } from '../../helpers/ecpds.js';
import type { Answer } from './answers.js';
import { askedFor } from './users.js';

/** One call, as the servers see it. */
export interface Call {
  readonly server: number;
  readonly user: string;
  readonly startedAt: number;
  readonly answer: Answer;
  /** Null while it goes on. */
  endedAt: number | null;
}

export interface Network {
  readonly fetch: Fetch;
  /** Every call since the start, in order. */
  readonly calls: Call[];
  /** Calls that are none that may be made: wrong place, wrong credentials, to follow redirects. */
  readonly strange: string[];
}

const EXPECTED = `Basic ${Buffer.from(`${SERVICE.username}:${SERVICE.password}`).toString('base64')}`;

export interface World {
  /** What a server does with the next call. */
  starts(): Answer;
  began(call: Call): void;
  /** Told when the server, or who called it, is done with the call. */
  ends(call: Call): void;
}

/** A network with nothing but these servers in it. */
export function createNetwork(servers: readonly string[], world: World): Network {
  const calls: Call[] = [];
  const strange: string[] = [];
  const bases = servers.map((server) => `${server.replace(/\/$/, '')}/ecpds/v1/destination/list?id=`);
  return {
    calls,
    strange,
    async fetch(url, { headers, signal, redirect }) {
      const server = bases.findIndex((base) => url.href.startsWith(base));
      const user = askedFor(`${url.pathname}${url.search}`);
      if (server < 0 || user === null) strange.push(`asked for ${url.href.slice(0, 200)}`);
      if (headers['authorization'] !== EXPECTED) strange.push('asked with other credentials');
      if (redirect !== 'manual') strange.push('would follow redirects');
      const answer = world.starts();
      const call: Call = { server, user: user ?? '', startedAt: performance.now(), answer, endedAt: null };
      calls.push(call);
      world.began(call);
      const ended = (): void => {
        if (call.endedAt !== null) return;
        call.endedAt = performance.now();
        world.ends(call);
      };
      signal.addEventListener('abort', ended, { once: true });
      await passing(answer.delayMs, signal);
      if (answer.status === null) {
        const error = await errorOf(answer, signal);
        ended();
        throw error;
      }
      return { status: answer.status, headers: { get: () => null }, body: bodyOf(answer, signal, ended) };
    },
  };
}

async function* bodyOf(answer: Answer, signal: AbortSignal, ended: () => void): AsyncIterable<Uint8Array> {
  try {
    for (const chunk of answer.chunks) yield chunk;
    if (answer.fault !== null) throw await errorOf(answer, signal);
  } finally {
    ended();
  }
}

/** What `fetch` throws: an error with a code inside another one; or, when nothing comes, that it was aborted. */
async function errorOf({ fault }: Answer, signal: AbortSignal): Promise<unknown> {
  if (fault === null || fault.code === null) {
    await passing(Number.POSITIVE_INFINITY, signal).catch(() => undefined);
    return signal.reason;
  }
  return new TypeError('fetch failed', { cause: Object.assign(new Error('broken'), { code: fault.code }) });
}

/** @throws when it is aborted before */
function passing(ms: number, signal: AbortSignal): Promise<void> {
  if (ms === 0) return Promise.resolve();
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
