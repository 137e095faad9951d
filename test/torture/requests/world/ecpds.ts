import type { Fetch, FetchResponse } from '../../../../src/http/bounded-get.js';
import { answerOf } from './lists.js';

/** The two ECPDS servers, which are in memory. */
export const SERVERS = ['https://first.ecpds.example', 'https://second.ecpds.example'] as const;
const ORIGINS: readonly string[] = SERVERS;
export const SERVICE_USER = 'svc-fuzzed';

/** Answers as the two servers would: by the user's name to the letter, and to the service account alone. */
export function ecpdsInMemory(servicePassword: string): Fetch {
  const expected = `Basic ${Buffer.from(`${SERVICE_USER}:${servicePassword}`).toString('base64')}`;
  return async (url, { headers }) => {
    const server = ORIGINS.indexOf(url.origin);
    const [, id] = /^\?id=([^&]*)$/.exec(url.search) ?? [];
    if (headers['authorization'] !== expected) return answer(401, '');
    if (url.pathname !== '/ecpds/v1/destination/list' || id === undefined || server < 0)
      return answer(404, '');
    const { status, body } = answerOf(decodeURIComponent(id), server === 0 ? 0 : 1);
    return answer(status, body);
  };
}

const answer = (status: number, body: string): FetchResponse => ({
  status,
  headers: { get: () => null },
  body: inOnePiece(Buffer.from(body)),
});

async function* inOnePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
