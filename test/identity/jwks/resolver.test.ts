import t from 'tap';
import { type KnownProvider, providersResolver } from '../../../src/identity/jwks/resolver.js';
import type { ProviderVerdict } from '../../../src/identity/jwks/verifier.js';
import type { AuthMode, Resolution } from '../../../src/identity/resolver.js';
import { sharedSecretVerifier, trustedProxyResolver } from '../../../src/identity/shared-secret.js';
import { VerifiedTokens } from '../../../src/identity/verified-tokens.js';
import { identity } from '../../helpers/identity.js';
import { providerSettings } from '../../helpers/providers.js';
import { inSeconds, JWT_SECRET, sign } from '../../helpers/tokens.js';

const GITLAB = providerSettings();
const theirs = sign({ iss: GITLAB.issuer });
const USER = {
  identity: identity({ issuer: GITLAB.issuer, realm: 'gitlab' }),
  expiresAt: BigInt(inSeconds(60)),
  generation: 1,
};
const OTHERS: Resolution = { kind: 'forbidden', message: 'asked the others' };

function bench(verdict: ProviderVerdict = { kind: 'user', user: USER }, mode: AuthMode = 'direct') {
  const verified: string[] = [];
  const passedOn: (readonly string[])[] = [];
  const tokens = new VerifiedTokens();
  const time = { now: Date.now() };
  const provider: { -readonly [K in keyof KnownProvider]: KnownProvider[K] } = {
    settings: GITLAB,
    generation: 1,
    async verify(token) {
      verified.push(token);
      return verdict;
    },
  };
  const resolver = providersResolver({
    providers: [provider],
    others: {
      mode,
      async resolve(values) {
        passedOn.push(values);
        return OTHERS;
      },
    },
    tokens,
    exchange:
      ({ username }, expiresAt) =>
      () =>
        `exchanged ${username} ${expiresAt}`,
    now: () => time.now,
  });
  return { resolver, verified, passedOn, tokens, provider, time };
}

t.test("a provider's token is its provider's to judge, and nobody else's", async (t) => {
  const CASES: readonly (readonly [ProviderVerdict, string])[] = [
    [{ kind: 'user', user: USER }, 'user'],
    [{ kind: 'invalid' }, 'unauthenticated'],
    [{ kind: 'unavailable' }, 'unavailable'],
  ];
  for (const [verdict, kind] of CASES) {
    const { resolver, passedOn } = bench(verdict);
    t.match(await resolver.resolve([`Bearer ${theirs}`], 100), { kind, mode: 'jwks' });
    t.same(passedOn, []);
  }
});

t.test('its user comes with what is made of the token', async (t) => {
  const known = await bench().resolver.resolve([`bearer ${theirs}`], 100);
  if (known.kind !== 'user') throw new Error(known.kind);
  t.equal(known.provided?.ecpdsUser, false);
  t.equal(known.provided?.authorization(), `exchanged alice ${USER.expiresAt}`);
});

t.test('whatever else is sent is for the others, unchanged, in both modes', async (t) => {
  const OTHER: readonly (readonly string[])[] = [
    [],
    [''],
    ['Basic YTpi'],
    [`Bearer ${sign({})}`],
    [`Bearer ${sign({ iss: `${GITLAB.issuer}/` })}`],
    [`Bearer ${sign({ iss: [GITLAB.issuer] })}`],
    ['Bearer opaque'],
    [`Bearer ${theirs} more`],
    [`Bearer ${theirs}`, `Bearer ${theirs}`],
    [`Bearer ${theirs},Bearer ${theirs}`],
    [`Basic YTpi, Bearer ${theirs}`],
  ];
  for (const mode of ['direct', 'trusted_proxy'] as const) {
    for (const values of OTHER) {
      const { resolver, verified, passedOn } = bench(undefined, mode);
      t.equal(resolver.mode, mode);
      t.equal(await resolver.resolve(values, 100), OTHERS);
      t.same([verified, passedOn], [[], [values]]);
    }
  }
});

t.test('a token that was verified is not verified again, one that was refused is', async (t) => {
  const good = bench();
  const bad = bench({ kind: 'invalid' });
  const out = bench({ kind: 'unavailable' });
  for (const { resolver } of [good, bad, out]) {
    for (const _ of [1, 2, 3]) await resolver.resolve([`Bearer ${theirs}`], 100);
  }
  t.same(
    [good, bad, out].map(({ verified }) => verified.length),
    [1, 3, 3],
  );
});

t.test('it is verified again when it was remembered until its end, not a millisecond longer', async (t) => {
  const { resolver, verified, time } = bench();
  const end = Number(USER.expiresAt) * 1000;
  for (const [now, times] of [
    [end - 60_000, 1],
    [end - 1, 1],
    [end, 2],
  ] as const) {
    time.now = now;
    await resolver.resolve([`Bearer ${theirs}`], 100);
    t.equal(verified.length, times);
  }
});

t.test('it is forgotten for good when the keys are fetched anew or are gone', async (t) => {
  for (const generation of [2, null]) {
    const { resolver, tokens, provider } = bench();
    await resolver.resolve([`Bearer ${theirs}`], 100);
    t.ok(tokens.recall(theirs));
    provider.generation = generation;
    provider.verify = async () => ({ kind: 'invalid' });
    t.match(await resolver.resolve([`Bearer ${theirs}`], 100), { kind: 'unauthenticated' });
    provider.generation = 1;
    t.match(await resolver.resolve([`Bearer ${theirs}`], 100), { kind: 'unauthenticated' });
    t.equal(tokens.recall(theirs), undefined);
  }
});

t.test('what nobody verified is not remembered, so that no flood of it evicts what was', async (t) => {
  const unverified: readonly ProviderVerdict[] = [{ kind: 'invalid' }, { kind: 'unavailable' }];
  for (const verdict of unverified) {
    const { resolver, tokens } = bench(verdict);
    for (const token of [theirs, sign({}), 'opaque']) {
      await resolver.resolve([`Bearer ${token}`], 100);
      t.equal(tokens.recall(token), undefined);
    }
  }
});

t.test('a memory that is shared makes no token good by a key that did not verify it', async (t) => {
  const { resolver, tokens, verified } = bench({ kind: 'invalid' }, 'trusted_proxy');
  const secret = trustedProxyResolver(sharedSecretVerifier(JWT_SECRET, Date.now, tokens));
  const ours = sign({ username: 'alice' });
  t.match(await secret.resolve([`Bearer ${ours}`], 100), { kind: 'user' });
  t.equal(await resolver.resolve([`Bearer ${ours}`], 100), OTHERS, 'is still for the others');
  t.same(verified, []);
  const forged = sign({ iss: GITLAB.issuer, username: 'alice' }, 'another-secret-of-at-least-32-bytes');
  const good = bench();
  const other = trustedProxyResolver(sharedSecretVerifier(JWT_SECRET, Date.now, good.tokens));
  t.match(await good.resolver.resolve([`Bearer ${forged}`], 100), { kind: 'user' });
  t.equal(good.tokens.recall(forged)?.by, 'provider');
  t.match(await other.resolve([`Bearer ${forged}`], 100), { kind: 'unauthenticated' });
});
