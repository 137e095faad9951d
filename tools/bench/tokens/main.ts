import { createHash, createHmac } from 'node:crypto';
import { asUsername } from '../../../src/domain/names.js';
import { readBearer } from '../../../src/identity/authorization.js';
import { exchangeWith } from '../../../src/identity/jwks/exchange.js';
import { providersResolver } from '../../../src/identity/jwks/resolver.js';
import type { ProviderSettings } from '../../../src/identity/jwks/settings.js';
import type { ProviderUser } from '../../../src/identity/jwks/verifier.js';
import type { IdentityResolver, Resolution } from '../../../src/identity/resolver.js';
import { sharedSecretVerifier, trustedProxyResolver } from '../../../src/identity/shared-secret.js';
import { VerifiedTokens } from '../../../src/identity/verified-tokens.js';

/**
 * What a request with a known token pays beside providers: with one memory of whole tokens and one exchanged token a
 * second, and as it was with two memories of digests and an exchanged token for each answer
 * (docs/decisions/0062-one-memory-of-tokens.md).
 */
const ASKED = 50_000;
const ROUNDS = 9;
const SECRET = 'a-shared-secret-of-at-least-32-bytes!';
const ISSUER = 'https://idp.example.org/realms/customers';
const EXP = Math.floor(Date.now() / 1000) + 3600;
const SETTINGS: ProviderSettings = {
  name: 'Customers',
  issuer: ISSUER,
  jwksUri: null,
  audience: 'aviso',
  algorithms: ['RS256'],
  realm: { kind: 'fixed', realm: 'customers' },
  usernameClaim: 'username',
  rolesClaim: 'roles',
  required: true,
  ecpdsUsers: true,
};
const ALICE: ProviderUser = {
  identity: { username: asUsername('alice'), realm: 'customers', issuer: ISSUER, roles: ['reader'] },
  expiresAt: BigInt(EXP),
  generation: 1,
};

type Judge = Pick<IdentityResolver, 'resolve'>;

/** Of the size that providers send. Only who verifies it looks at the signature, and that is done once. */
function tokenOf(claims: object): string {
  const base64url = (text: string): string => Buffer.from(text).toString('base64url');
  const payload = JSON.stringify({ username: 'alice', exp: EXP, scope: 'x'.repeat(500), ...claims });
  const text = `${base64url('{"alg":"HS256","typ":"JWT"}')}.${base64url(payload)}`;
  return `${text}.${createHmac('sha256', SECRET).update(text).digest('base64url')}`;
}

const exchange = exchangeWith(SECRET, Date.now);

function oneMemory(): Judge {
  const tokens = new VerifiedTokens();
  const verify = async () => ({ kind: 'user', user: ALICE }) as const;
  return providersResolver({
    providers: [{ settings: SETTINGS, generation: 1, verify }],
    others: trustedProxyResolver(sharedSecretVerifier(SECRET, Date.now, tokens)),
    tokens,
    exchange,
    now: Date.now,
  });
}

/** @param own whether the token is one of Aviso's own, so that its digest is among those of no provider's */
function digests(token: string, own: boolean): Judge {
  const others = trustedProxyResolver(sharedSecretVerifier(SECRET, Date.now));
  const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');
  const strangers = new Set(own ? [digest(token)] : []);
  const users = new Map(own ? [] : [[digest(token), ALICE]]);
  return {
    async resolve(values, remainingMs) {
      const read = readBearer(values);
      if (read.kind !== 'credentials' || strangers.has(digest(read.token)))
        return others.resolve(values, remainingMs);
      const user = users.get(digest(read.token));
      if (user === undefined || user.expiresAt <= BigInt(Math.floor(Date.now() / 1000)))
        return { kind: 'anonymous' };
      const { identity, expiresAt } = user;
      const authorization = (): string => exchange(identity, expiresAt)();
      return { kind: 'user', mode: 'jwks', identity, provided: { ecpdsUser: true, authorization } };
    },
  };
}

const answerOf = (known: Resolution): unknown =>
  known.kind === 'user' ? (known.provided?.authorization() ?? known.identity) : known.kind;

/** @returns microseconds per request */
async function timed(judge: Judge, token: string): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < ASKED; i++) answerOf(await judge.resolve([`Bearer ${token}`], 1000));
  return ((performance.now() - start) / ASKED) * 1000;
}

const median = (values: readonly number[]): number =>
  [...values].sort((one, other) => one - other)[values.length >> 1] ?? Number.NaN;

async function compare(what: string, token: string, own: boolean): Promise<void> {
  const judges = [digests(token, own), oneMemory()] as const;
  const times: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    times[0].push(await timed(judges[0], token));
    times[1].push(await timed(judges[1], token));
  }
  const [before, after] = [median(times[0]), median(times[1])];
  process.stdout.write(
    `${what} of ${token.length} characters: ${before.toFixed(2)} µs with digests, ${after.toFixed(2)} µs now, ${(before / after).toFixed(1)} times less\n`,
  );
}

await compare("a provider's token", tokenOf({ iss: ISSUER }), false);
await compare('a token of the shared secret', tokenOf({}), true);
