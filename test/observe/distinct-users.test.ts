import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import t from 'tap';
import { stringify } from 'yaml';
import { createApp } from '../../src/app.js';
import { loadConfig } from '../../src/config/load.js';
import { identityKey } from '../../src/domain/identity.js';
import type { Settings } from '../../src/engine.js';
import { DistinctUsers, MAX_USERS, WINDOW_MS } from '../../src/observe/distinct-users.js';
import { CHECK_OUTCOME_LABELS, type CheckOutcome } from '../../src/observe/vocabulary.js';
import { bodyFor } from '../helpers/authz.js';
import { manualClock } from '../helpers/clock.js';
import { active, SERVICE, startEcpds } from '../helpers/ecpds.js';
import { identity } from '../helpers/identity.js';
import { bearer, JWT_SECRET } from '../helpers/tokens.js';

const MINUTE = 60_000;
const keyOf = (number: number): string => identityKey(identity({ username: `user${number}` }));

function newUsers(start?: number) {
  const clock = manualClock(start);
  return { clock, users: new DistinctUsers(clock.now) };
}

t.test('one client in a tight loop is 1', async (t) => {
  const { clock, users } = newUsers();
  for (let i = 0; i < 100_000; i++) {
    users.add('deny_destination', keyOf(0));
    clock.advance(10);
    if (i % 1000 === 0 && users.count('deny_destination') !== 1) t.fail(`after ${i} requests`);
  }
  t.equal(users.count('deny_destination'), 1);
});

t.test('the count is exact up to its limit, and stays there', async (t) => {
  for (const number of [1, 2, 10, 100, 1000, 10_000, MAX_USERS - 1, MAX_USERS]) {
    const { users } = newUsers();
    for (let again = 0; again < 3; again++)
      for (let i = 0; i < number; i++) users.add('unavailable', keyOf(i));
    t.equal(users.count('unavailable'), number);
  }
  const { users } = newUsers();
  for (let i = 0; i < 2 * MAX_USERS; i++) users.add('unavailable', keyOf(i));
  t.equal(users.count('unavailable'), MAX_USERS);
});

t.test('a user leaves five minutes after the last decision, however many came before', async (t) => {
  const { clock, users } = newUsers();
  users.add('allow', 'steady');
  users.add('allow', 'gone');
  for (let minute = 0; minute < 4; minute++) {
    clock.advance(MINUTE);
    users.add('allow', 'steady');
  }
  clock.advance(MINUTE);
  t.equal(users.count('allow'), 2);
  clock.advance(1);
  t.equal(users.count('allow'), 1);
  clock.advance(4 * MINUTE - 1);
  t.equal(users.count('allow'), 1);
  clock.advance(1);
  t.equal(users.count('allow'), 0);
  users.add('allow', 'gone');
  t.equal(users.count('allow'), 1, 'and comes back');
});

t.test('a user is counted under each outcome apart', async (t) => {
  const { users } = newUsers();
  users.add('allow', 'alice');
  users.add('deny_destination', 'alice');
  users.add('deny_destination', 'bob');
  t.same(
    CHECK_OUTCOME_LABELS.map((outcome) => users.count(outcome)),
    [1, 0, 2, 0, 0, 0],
  );
});

const step = fc.oneof(
  fc.record({ outcome: fc.constantFrom(...CHECK_OUTCOME_LABELS), user: fc.integer({ min: 0, max: 5 }) }),
  fc.record({ advance: fc.integer({ min: 0, max: WINDOW_MS }) }),
);

t.test('it counts as a list of everything ever seen would, on a clock that starts at 0 too', async (t) => {
  fc.assert(
    fc.property(fc.constantFrom(0, 1, 12_345.678), fc.array(step, { maxLength: 80 }), (start, steps) => {
      const { clock, users } = newUsers(start);
      const seen: { outcome: CheckOutcome; user: number; at: number }[] = [];
      const expected = (of: CheckOutcome): number =>
        new Set(
          seen
            .filter(({ outcome, at }) => outcome === of && clock.now() - at <= WINDOW_MS)
            .map(({ user }) => user),
        ).size;
      return steps.every((step) => {
        if ('advance' in step) {
          clock.advance(step.advance);
          return CHECK_OUTCOME_LABELS.every((outcome) => users.count(outcome) === expected(outcome));
        }
        users.add(step.outcome, keyOf(step.user));
        seen.push({ ...step, at: clock.now() });
        return users.count(step.outcome) === expected(step.outcome);
      });
    }),
  );
  t.pass();
});

t.test('a million users cost no more than the limit does, and nothing once they are gone', async (t) => {
  const { clock, users } = newUsers();
  const before = heldBytes();
  for (let i = 0; i < 1_000_000; i++) {
    users.add(CHECK_OUTCOME_LABELS[i % CHECK_OUTCOME_LABELS.length] ?? 'allow', keyOf(i));
    clock.advance(0.1);
  }
  t.same(
    CHECK_OUTCOME_LABELS.map((outcome) => users.count(outcome)),
    CHECK_OUTCOME_LABELS.map(() => MAX_USERS),
  );
  const full = heldBytes() - before;
  t.ok(full < 24e6, `${full} bytes for ${MAX_USERS} users under each outcome`);
  clock.advance(WINDOW_MS + 1);
  for (const outcome of CHECK_OUTCOME_LABELS) t.equal(users.count(outcome), 0);
  const empty = heldBytes() - before;
  t.ok(empty < 0.5e6, `${empty} bytes for nobody`);
});

t.test('the running sidecar counts by its own clock, realm and name, and only who was checked', async (t) => {
  const ecpds = await startEcpds({ alice: active('CIP') });
  t.teardown(ecpds.close);
  const clock = manualClock();
  const app = createApp(await settings(ecpds.url), { write: () => {} }, clock);
  t.teardown(() => app.stop());
  await app.start();
  const { port } = app.http.server.address() as AddressInfo;
  const ask = async (authorization: string, destination: string) => {
    const body = Buffer.from(bodyFor('dissemination', destination));
    const url = `http://127.0.0.1:${port}/api/v1/watch`;
    const response = await fetch(url, { method: 'POST', headers: { authorization }, body });
    await response.arrayBuffer();
    return response.status;
  };
  const counts = async () => {
    const text = await app.metrics.registry.metrics();
    return [...text.matchAll(/^aviso_ecpds_distinct_users\{outcome="(\w+)"\} ([1-9]\d*)$/gm)].map(
      ([, outcome, count]) => `${outcome} ${count}`,
    );
  };
  for (const realm of ['one', 'other', 'one']) {
    t.equal(await ask(bearer({ username: 'alice', realm }), 'CIP'), 200);
  }
  t.equal(await ask(bearer({ username: 'alice', realm: 'one' }), 'FOO'), 403);
  t.equal(await ask('Bearer nobody', 'CIP'), 401);
  t.same(await counts(), ['allow 2', 'deny_destination 1']);
  clock.advance(WINDOW_MS);
  t.equal(await ask(bearer({ username: 'alice', realm: 'one' }), 'CIP'), 200);
  clock.advance(1);
  t.same(await counts(), ['allow 1']);
});

async function settings(server: string): Promise<Settings> {
  const config = {
    auth: { enabled: true, mode: 'trusted_proxy', jwt_secret: JWT_SECRET, admin_roles: { one: ['admin'] } },
    ecpds: { ...SERVICE, servers: [server], match_key: 'destination' },
    notification_schema: {
      dissemination: {
        topic: { base: 'diss', key_order: ['destination'] },
        auth: { required: true, plugins: ['ecpds'] },
        identifier: { destination: { type: 'StringHandler', required: true } },
      },
    },
    sidecar: { http: { port: 0 }, grpc: null, admin: { port: 0 } },
  };
  const loaded = await loadConfig({ files: ['x.yaml'], env: {}, readFile: () => stringify(config) });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.failure));
  return loaded.value;
}

function heldBytes(): number {
  setFlagsFromString('--expose-gc');
  const collectGarbage: () => void = runInNewContext('gc');
  collectGarbage();
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
