import t, { type Test } from 'tap';
import { CASES } from './cases.js';
import { expectationOf, type Seen, send } from './client.js';
import { startWorld, type World } from './world.js';

/** Puts a proxy between the client and the sidecar's world; `port` is where the client is to connect. */
export type Front = (world: World) => Promise<{ readonly port: number; close(): Promise<void> }>;

/** Runs the whole table over one transport: status, code, body and headers as the client sees them. */
export async function runCases(transport: string, front: Front): Promise<void> {
  const world = await startWorld();
  const { port, close } = await front(world);
  t.teardown(async () => {
    await close();
    await world.close();
  });
  for (const test of CASES) {
    t.test(`${transport}: ${test.name}`, async (t) => {
      const expected = expectationOf(test, transport);
      const seen = await send(test, port);
      t.equal(seen.status, expected.status, JSON.stringify(seen.body).slice(0, 300));
      t.equal(seen.code, expected.code);
      if (expected.code !== undefined) checkRefusal(t, seen);
    });
  }
}

/** Contract section 2, "Error bodies", and section 6. */
function checkRefusal(t: Test, { status, body, headers, code }: Seen): void {
  t.match(body, { code, error: code?.toLowerCase(), message: /./, request_id: /^[A-Za-z0-9._-]+$/ });
  t.match(headers['content-type'], /^application\/json/);
  t.equal(headers['cache-control'], 'no-store');
  if (status === 401) t.equal(headers['www-authenticate'], 'Bearer');
  if (status === 503) t.ok(Number(headers['retry-after']) >= 5 && Number(headers['retry-after']) <= 15);
}
