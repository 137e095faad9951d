import t from 'tap';
import { basic, startAuthOTron } from '../helpers/auth-o-tron.js';
import { sign } from '../helpers/tokens.js';
import type { Case, Expectation } from './cases.js';
import { missingFor, startFront, TRANSPORTS } from './fronts.js';
import { checkCase } from './run.js';
import { startWorld } from './world.js';

const body = (destination: string, eventType = 'dissemination'): string =>
  JSON.stringify({ event_type: eventType, identifier: { destination } });
const CIP = body('CIP');
const WHO: Expectation = { status: 401, code: 'UNAUTHORIZED' };
const LATER: Expectation = { status: 503, code: 'SERVICE_UNAVAILABLE' };

const withHeader = (name: string, header: string, text: string, expect: Expectation): Case => ({
  name,
  authorization: [header],
  body: text,
  expect,
});

/** `auth.mode: direct` (contract section 2, "Identity"). */
const CASES: readonly Case[] = [
  withHeader('Basic credentials are turned into a user', basic('alice'), CIP, { status: 200 }),
  withHeader('so is a Bearer token', `Bearer ${sign({ username: 'whoever' })}`, CIP, { status: 200 }),
  withHeader('the user is then checked as any other', basic('alice'), body('SECRET'), {
    status: 403,
    code: 'FORBIDDEN',
  }),
  withHeader('a wrong password is 401', basic('alice', 'wrong'), CIP, WHO),
  withHeader('a refused login is 401 on a public stream, too', basic('mallory'), body('x', 'open'), WHO),
  withHeader('a forbidden login is 403', basic('suspended'), CIP, { status: 403, code: 'FORBIDDEN' }),
  withHeader('auth-o-tron failing is no verdict', basic('unlucky'), CIP, LATER),
  withHeader('auth-o-tron redirecting is no verdict', basic('lost'), CIP, LATER),
  withHeader('credentials of another kind count as none', 'Digest username="alice"', CIP, WHO),
  { name: 'no credentials on a public stream are nobody', body: body('x', 'open'), expect: { status: 200 } },
];

const CHALLENGES = ['Bearer', 'Basic'];

for (const transport of TRANSPORTS) {
  t.test(`direct mode over ${transport}`, { skip: await missingFor(transport) }, async (t) => {
    const authOTron = await startAuthOTron();
    const world = await startWorld({ authOTronUrl: authOTron.url });
    const front = await startFront(transport, world);
    t.teardown(async () => {
      await front.close();
      await world.close();
      await authOTron.close();
    });
    for (const test of CASES) {
      await t.test(test.name, (t) => checkCase(t, test, transport, front.port, CHALLENGES));
    }
    t.notOk(
      world.events.some((event) => JSON.stringify(event).includes('Basic ')),
      'no credentials in the log',
    );

    await authOTron.close();
    world.events.length = 0;
    const dead = withHeader('a dead auth-o-tron is no verdict', basic('alice'), CIP, LATER);
    await t.test(dead.name, (t) => checkCase(t, dead, transport, front.port, CHALLENGES));
    t.notOk(
      world.events.some((event) => String(event['event_name']).startsWith('auth.ecpds.')),
      'and no ECPDS outage',
    );
    const counted = (await world.metrics.authRequests.get()).values.find(
      ({ labels }) => labels.mode === 'direct' && labels.outcome === 'service_unavailable',
    );
    t.equal(counted?.value, 3);
  });
}
