import t from 'tap';
import { findKey, MAX_KEYS, readKeySet } from '../../../src/identity/jwks/key-set.js';
import { keySet, testKey } from '../../helpers/keys.js';

const one = testKey('rsa', 'one');
const two = testKey('rsa', 'two');
const curve = testKey('p256', 'one');
const ALGORITHMS = ['RS256', 'ES256'] as const;
const read = (body: Uint8Array) => readKeySet(body, ALGORITHMS);

async function setOf(...keys: readonly unknown[]) {
  const set = await read(keySet(...keys));
  if (!set.ok) throw new Error(set.failure.error);
  return set.value;
}

t.test('a set is its usable keys, and why others are not among them', async (t) => {
  const set = await setOf(one.jwk, { ...two.jwk, use: 'enc' }, { kty: 'oct', k: 'c2VjcmV0' }, curve.jwk);
  t.same(
    set.keys.map(({ kid, family }) => [kid, family]),
    [
      ['one', 'RSA'],
      ['one', 'EC P-256'],
    ],
  );
  t.same(set.skipped, ['not for signing', 'private or symmetric']);
});

const many = (count: number): Uint8Array =>
  keySet(...Array.from({ length: count }, (_, index) => ({ ...curve.jwk, kid: `k${index}` })));

/** What is never stored, not even in part. */
const FAILURES: readonly (readonly [string, Uint8Array, string, RegExp])[] = [
  ['nothing', Buffer.alloc(0), 'invalid_response', /JSON/],
  ['HTML', Buffer.from('<!doctype html><title>Sign in</title>'), 'invalid_response', /JSON/],
  ['a set cut short', keySet(one.jwk, two.jwk).subarray(0, -10), 'invalid_response', /JSON/],
  ['a list', Buffer.from(JSON.stringify([one.jwk])), 'invalid_response', /no set/],
  ['an object without keys', Buffer.from('{}'), 'invalid_response', /no set/],
  ['keys that are no list', Buffer.from('{"keys":{}}'), 'invalid_response', /no set/],
  ['two lists of keys', Buffer.from('{"keys":[],"keys":[]}'), 'invalid_response', /no set/],
  ['an empty set', keySet(), 'no_usable_keys', /empty/],
  ['no usable key', keySet({ ...one.jwk, use: 'enc' }), 'no_usable_keys', /not for signing/],
  ['a weak key alone', keySet(testKey('weak').jwk), 'no_usable_keys', /weak/],
  [
    'one key that is none among good ones',
    keySet(one.jwk, { kty: 'RSA', n: 'x' }),
    'invalid_response',
    /key that/,
  ],
  ['two keys with one id', keySet(one.jwk, { ...two.jwk, kid: 'one' }), 'invalid_response', /one id/],
  ['more keys than any provider has', many(MAX_KEYS + 1), 'invalid_response', /more than 100/],
];
for (const [name, body, outcome, error] of FAILURES) {
  t.test(`refused whole: ${name}`, async (t) => {
    t.match(await read(body), { ok: false, failure: { outcome, error } });
  });
}

t.test('as many keys as are allowed are taken', async (t) => {
  t.match(await read(many(MAX_KEYS)), { ok: true, value: { keys: { length: MAX_KEYS } } });
});

t.test('a key is found by its id and an algorithm of its family', async (t) => {
  const set = await setOf(one.jwk, two.jwk, curve.jwk);
  t.match(findKey(set, 'one', 'RS256'), { kind: 'found', key: { family: 'RSA' } });
  t.match(findKey(set, 'one', 'ES256'), { kind: 'found', key: { family: 'EC P-256' } });
  t.match(findKey(set, 'two', 'RS256'), { kind: 'found', key: { kid: 'two' } });
  t.match(findKey(set, 'two', 'ES256'), { kind: 'misfit' });
  t.match(findKey(set, 'ONE', 'RS256'), { kind: 'unknown' });
  t.match(findKey(set, '', 'RS256'), { kind: 'unknown' });
});

t.test('without an id the one key that fits is taken, and of several none', async (t) => {
  const set = await setOf(one.jwk, two.jwk, curve.jwk);
  t.match(findKey(set, null, 'ES256'), { kind: 'found', key: { family: 'EC P-256' } });
  t.match(findKey(set, null, 'RS256'), { kind: 'misfit' });
  t.match(findKey(await setOf(one.jwk), null, 'ES256'), { kind: 'unknown' });
});

t.test('a key without an id answers to none', async (t) => {
  const set = await setOf({ ...one.jwk, kid: undefined }, { ...two.jwk, kid: undefined });
  t.equal(set.keys.length, 2, 'and several such may stand in a set');
  t.match(findKey(set, 'one', 'RS256'), { kind: 'unknown' });
});
