import t from 'tap';
import { providersResolver } from '../../../src/identity/jwks/resolver.js';
import type { ProviderVerdict } from '../../../src/identity/jwks/verifier.js';
import type { AuthMode, Resolution } from '../../../src/identity/resolver.js';
import { identity } from '../../helpers/identity.js';
import { providerSettings } from '../../helpers/providers.js';
import { inSeconds, sign } from '../../helpers/tokens.js';

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
  const resolver = providersResolver({
    providers: [
      {
        settings: GITLAB,
        generation: 1,
        async verify(token) {
          verified.push(token);
          return verdict;
        },
      },
    ],
    others: {
      mode,
      async resolve(values) {
        passedOn.push(values);
        return OTHERS;
      },
    },
    exchange: ({ username }, expiresAt) => `exchanged ${username} ${expiresAt}`,
    now: Date.now,
  });
  return { resolver, verified, passedOn };
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
