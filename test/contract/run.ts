import t, { type Test } from 'tap';
import { CASES, type Case } from './cases.js';
import { expectationOf, type Seen, send } from './client.js';
import { missingFor, startFront, type TransportName } from './fronts.js';
import { startWorld } from './world.js';

/** Runs the whole table over one transport: status, code, body and headers as the client sees them. */
export async function runCases(transport: TransportName): Promise<void> {
  t.test(`the contract's table over ${transport}`, { skip: await missingFor(transport) }, async (t) => {
    const world = await startWorld();
    const front = await startFront(transport, world);
    t.teardown(async () => {
      await front.close();
      await world.close();
    });
    for (const test of CASES) {
      await t.test(test.name, (t) => checkCase(t, test, transport, front.port, ['Bearer']));
    }
  });
}

/** @param challenges the `WWW-Authenticate` values of a 401 */
export async function checkCase(
  t: Test,
  test: Case,
  transport: string,
  port: number,
  challenges: readonly string[],
): Promise<void> {
  const expected = expectationOf(test, transport);
  const seen = await send(test, port);
  t.equal(seen.status, expected.status, JSON.stringify(seen.body).slice(0, 300));
  t.equal(seen.code, expected.code);
  if (expected.code !== undefined) checkRefusal(t, seen, challenges);
}

/** Contract section 2, "Error bodies", and section 6. */
function checkRefusal(t: Test, { status, body, headers, code }: Seen, challenges: readonly string[]): void {
  t.match(body, { code, error: code?.toLowerCase(), message: /./, request_id: /^[A-Za-z0-9._-]+$/ });
  t.match(headers['content-type'], /^application\/json/);
  t.equal(headers['cache-control'], 'no-store');
  if (status === 401) t.equal(headers['www-authenticate'], challenges.join(', '));
  if (status === 503) t.ok(Number(headers['retry-after']) >= 5 && Number(headers['retry-after']) <= 15);
}
