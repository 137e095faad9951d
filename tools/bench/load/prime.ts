import { Pool } from 'undici';
import type { Requests } from './script.js';

const AT_ONCE = 64;

/**
 * Asks once for every user, so that the sidecar has all of them in its cache.
 *
 * @param status what each answer has to be
 * @throws for any other answer
 */
export async function askOnce(port: number, requests: Requests, status = 200): Promise<void> {
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: AT_ONCE });
  const queue = requests.authorizations.values();
  const worker = async (): Promise<void> => {
    for (const authorization of queue) {
      const got = await ask(pool, requests, authorization);
      if (got !== status) throw new Error(`the sidecar answered ${got}, not ${status}`);
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  } finally {
    await pool.destroy();
  }
}

/** One request; the status of its answer. */
export async function ask(pool: Pool, { path, body }: Requests, authorization: string): Promise<number> {
  const headers = { 'content-type': 'application/json', authorization };
  const answer = await pool.request({ path, method: 'POST', headers, body });
  await answer.body.dump();
  return answer.statusCode;
}
