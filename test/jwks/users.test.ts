import t from 'tap';
import { sharedSecretVerifier } from '../../src/identity/shared-secret.js';
import { active } from '../helpers/ecpds.js';
import { signedBy, testKey } from '../helpers/keys.js';
import { bearer, inSeconds, JWT_SECRET, sign } from '../helpers/tokens.js';
import { COOLDOWN, KEYS, NAMES, startBench } from './bench.js';

t.test(
  'a flood of 10,000 tokens with random ids makes one key fetch per provider and cooldown',
  async (t) => {
    const { app, issuers } = await startBench(t);
    const before = NAMES.map((name) => issuers[name].keyRequests());
    app.clock.advance(COOLDOWN);
    const attacker = testKey('rsa');
    const claims = { aud: 'aviso', exp: inSeconds(600), username: 'alice' };
    const stamped = NAMES.map((name) => {
      const token = signedBy(attacker, { iss: issuers[name].issuer, ...claims });
      return token.slice(token.indexOf('.'));
    });
    const random = (index: number): string => {
      const header = JSON.stringify({ alg: 'RS256', kid: `${Math.random()}-${index}` });
      return `${Buffer.from(header).toString('base64url')}${stamped[index % 2]}`;
    };
    const statuses = new Set<number>();
    for (let sent = 0; sent < 10_000; sent += 100) {
      const burst = Array.from({ length: 100 }, (_, index) => app.status(random(sent + index)));
      for (const status of await Promise.all(burst)) statuses.add(status);
    }
    t.same([...statuses], [401]);
    t.same(
      NAMES.map((name) => issuers[name].keyRequests()),
      before.map((count) => count + 1),
    );
    t.equal(app.ecpds.asked.length, 0);
  },
);

t.test('one user name at two providers and of our own: three users, three lists', async (t) => {
  const { app, token } = await startBench(t);
  const tokens = [await token('Gitlab'), await token('CustomersDot'), sign({ username: 'alice' })];
  for (const each of tokens) t.equal(await app.status(each), 200);
  t.equal(app.ecpds.asked.length, 3, 'each is asked for');
  app.ecpds.users.set('alice', active('OTHER'));
  for (const each of tokens) t.equal(await app.status(each), 200, 'and each is remembered apart');
  t.equal(app.ecpds.asked.length, 3);
});

t.test('users of a provider that does not share names with ECPDS: 403 before anybody is asked', async (t) => {
  const { app, token } = await startBench(t, { providers: { CustomersDot: { ecpds_users: false } } });
  t.equal(await app.status(await token('Gitlab')), 200, 'the same name of the other provider is cached');
  t.equal(app.ecpds.asked.length, 1);
  const theirs = await token('CustomersDot');
  const refused = await app.ask(theirs);
  t.equal(refused.status, 403);
  t.match(await refused.json(), { code: 'FORBIDDEN' });
  t.equal(refused.headers.get('authorization'), null);
  t.equal(app.ecpds.asked.length, 1);
  t.equal((await app.ask(theirs, 'ABSENT')).status, 403);
  t.match(app.events.at(-1), {
    event_name: 'auth.middleware.request.denied',
    reason: 'forbidden',
    username: 'alice',
  });
  t.equal(
    (await app.ask(theirs, 'CIP', 'members')).status,
    200,
    'where no destination is checked they may pass',
  );
  const admin = await token('CustomersDot', { username: 'root', roles: ['admin'] });
  t.equal((await app.ask(admin)).status, 200, 'and admins anywhere');
  t.equal(app.ecpds.asked.length, 1);
});

t.test('roles are held in the realm of the provider, and in no other', async (t) => {
  const { app, token } = await startBench(t, { providers: { Gitlab: { realm: 'elsewhere' } } });
  const admins = { username: 'root', roles: ['admin'] };
  t.equal(await app.status(await token('CustomersDot', admins)), 200);
  t.equal(await app.status(await token('Gitlab', admins)), 403, 'nobody is an admin of that realm');
  t.equal(await app.status(await token('Gitlab', { ...admins, realm: 'customers' })), 403);
});

t.test('an allowed user of a provider goes on with a token that Aviso knows', async (t) => {
  const { app, token } = await startBench(t);
  const theirs = await token('Gitlab', { roles: ['reader'] });
  for (const eventType of ['dissemination', 'members', 'open']) {
    const allowed = await app.ask(theirs, 'CIP', eventType);
    t.equal(allowed.status, 200, eventType);
    const header = allowed.headers.get('authorization') ?? '';
    const known = await sharedSecretVerifier(JWT_SECRET, Date.now)(header.replace('Bearer ', ''));
    t.match(known, { username: 'alice', realm: 'gitlab', roles: ['reader'], issuer: null }, eventType);
    t.equal(allowed.headers.get('x-aviso-user'), 'alice');
    t.equal(allowed.headers.get('x-aviso-realm'), 'gitlab');
    t.notOk(app.events.some((event) => JSON.stringify(event).includes(header.split('.')[2] ?? header)));
    t.notOk(app.events.some((event) => JSON.stringify(event).includes(theirs.split('.')[2] ?? theirs)));
  }
});

t.test('nobody else is given one', async (t) => {
  const { app } = await startBench(t);
  const own = await app.ask(bearer({ username: 'alice' }).replace('Bearer ', ''));
  t.equal(own.status, 200);
  t.equal(own.headers.get('authorization'), null);
  const anonymous = await app.ask(null, 'CIP', 'open');
  t.equal(anonymous.status, 200);
  t.equal(anonymous.headers.get('authorization'), null);
});

t.test('a token that ends soon is exchanged for one that ends no later', async (t) => {
  const { app, issuers } = await startBench(t);
  const exp = inSeconds(20);
  const claims = { iss: issuers.Gitlab.issuer, aud: 'aviso', exp, username: 'alice' };
  const allowed = await app.ask(signedBy(KEYS.Gitlab, claims));
  const [, payload = ''] = (allowed.headers.get('authorization') ?? '').split('.');
  t.match(JSON.parse(Buffer.from(payload, 'base64url').toString()), {
    exp,
    username: 'alice',
    realm: 'gitlab',
  });
});

t.test('how users were known is counted by mode', async (t) => {
  const { app, token, unknownKey, issuers } = await startBench(t);
  await app.status(await token('Gitlab'));
  await unknownKey('Gitlab');
  issuers.Gitlab.fail('down');
  app.clock.advance(COOLDOWN);
  await unknownKey('Gitlab');
  await app.status(sign({ username: 'alice' }));
  await app.status('not.a.token');
  t.same(await app.authRequests(), {
    'jwks success': 1,
    'jwks unauthorized': 1,
    'jwks service_unavailable': 1,
    'trusted_proxy success': 1,
    'trusted_proxy unauthorized': 1,
  });
});
