import { parseKeyUrl } from '../domain/secure-url.js';
import type { Draft } from './draft.js';
import { type Path, type Problem, problemAt } from './problem.js';
import type { Document } from './schema.js';
import { IDENTITY, PROVIDER } from './schema-identity.js';
import { checkText, hasBlank, must } from './text-rules.js';

type Identity = Draft<Document['sidecar']['identity']>;
type Provider = Draft<Document['sidecar']['identity']['providers'][number]>;
const { properties } = PROVIDER;
const PROVIDERS = ['sidecar', 'identity', 'providers'];

/** What `sidecar.identity` must hold. What it needs of `auth` is in {@link checkProvidersAuth}. */
export function checkIdentity(identity: Identity | undefined): Problem[] {
  const providers = identity?.providers ?? [];
  if (identity === undefined || providers.length === 0) return [];
  return [
    ...checkTimes(identity),
    ...providers.flatMap((provider, index) =>
      provider === undefined ? [] : checkProvider([...PROVIDERS, index], provider),
    ),
    ...checkApart(providers, 'name'),
    ...checkApart(providers, 'issuer'),
    ...checkApart(providers, 'realm'),
    ...checkRealmClaims(providers),
  ];
}

/** Aviso knows tokens of `auth.jwt_secret` only, and a provider's are exchanged for such. */
export function checkProvidersAuth(
  auth: Draft<Document['auth']> | undefined,
  identity: Identity | undefined,
) {
  if (auth === undefined || (identity?.providers ?? []).length === 0) return [];
  if (auth.enabled === false) {
    const what = 'has no effect while `auth.enabled` is `false`';
    return [problemAt(PROVIDERS, what, '`auth.enabled: true` with `auth.jwt_secret`, or no providers')];
  }
  return [];
}

function checkTimes({ refresh_seconds, cooldown_seconds, max_stale_seconds }: Identity): Problem[] {
  const path = ['sidecar', 'identity'];
  const found: Problem[] = [];
  if (refresh_seconds === undefined) return found;
  if (cooldown_seconds !== undefined && cooldown_seconds > refresh_seconds) {
    const what = 'is longer than `refresh_seconds`, so that a failure would delay the next attempt';
    found.push(problemAt([...path, 'cooldown_seconds'], what, 'at most `refresh_seconds`'));
  }
  if (max_stale_seconds !== undefined && max_stale_seconds <= refresh_seconds) {
    const what = 'is not above `refresh_seconds`, so that keys would be gone before they are fetched again';
    const cure = `more than \`refresh_seconds\`; ${must(IDENTITY.properties.max_stale_seconds)}`;
    found.push(problemAt([...path, 'max_stale_seconds'], what, cure));
  }
  return found;
}

function checkProvider(path: Path, provider: Provider): Problem[] {
  const { name, algorithms, audience, realm, username_claim, roles_claim } = provider;
  const nameIsPlain = name === undefined || /^[A-Za-z0-9._-]{1,64}$/.test(name);
  return [
    ...(nameIsPlain ? [] : [problemAt([...path, 'name'], 'is not a plain name', must(properties.name))]),
    ...checkIssuer(path, provider),
    ...checkKeysPlace(path, provider),
    ...(algorithms?.length === 0
      ? [problemAt([...path, 'algorithms'], 'is empty', must(properties.algorithms))]
      : []),
    ...checkText([...path, 'audience'], audience, must(properties.audience)),
    ...checkText([...path, 'realm'], realm, must(properties.realm)),
    ...checkText([...path, 'realm_claim'], provider.realm_claim, must(properties.realm_claim)),
    ...checkText([...path, 'username_claim'], username_claim, must(properties.username_claim)),
    ...checkText([...path, 'roles_claim'], roles_claim, must(properties.roles_claim)),
    ...checkOneOf(path, realm, provider.realm_claim, ['realm', 'realm_claim']),
  ];
}

function checkIssuer(path: Path, { issuer, discovery }: Provider): Problem[] {
  if (issuer === undefined) return [];
  const at = [...path, 'issuer'];
  const cure = must(properties.issuer);
  if (issuer === '') return [problemAt(at, 'is empty', cure)];
  if (hasBlank(issuer)) return [problemAt(at, 'has blanks in it', cure)];
  if (discovery !== true) return [];
  const url = parseKeyUrl(issuer);
  if (!url.ok) return [problemAt(at, url.failure, cure)];
  return issuer.includes('?') ? [problemAt(at, 'has a query', cure)] : [];
}

function checkKeysPlace(path: Path, { jwks_uri, discovery }: Provider): Problem[] {
  const url = jwks_uri === undefined ? null : parseKeyUrl(jwks_uri);
  const at = [...path, 'jwks_uri'];
  if (url !== null && !url.ok) return [problemAt(at, url.failure, must(properties.jwks_uri))];
  if (discovery === undefined) return [];
  return checkOneOf(path, jwks_uri, discovery ? true : undefined, ['jwks_uri', 'discovery: true']);
}

function checkOneOf(
  path: Path,
  one: unknown,
  other: unknown,
  [first, second]: readonly [string, string],
): Problem[] {
  const cure = `\`${first}\` or \`${second}\``;
  if (one === undefined && other === undefined) return [problemAt(path, 'has neither of two', cure)];
  return one === undefined || other === undefined
    ? []
    : [problemAt(path, `has both of ${cure}`, 'one of the two')];
}

/** Users of two providers must never be taken for each other, nor their roles. */
function checkApart(
  providers: readonly (Provider | undefined)[],
  key: 'name' | 'issuer' | 'realm',
): Problem[] {
  const values = providers.map((provider) => provider?.[key]);
  return values.flatMap((value, index) =>
    value === undefined || values.indexOf(value) === index
      ? []
      : [problemAt([...PROVIDERS, index, key], 'is that of another provider', must(properties[key]))],
  );
}

/** Two providers whose tokens name the realm could name the same one, and share its roles. */
function checkRealmClaims(providers: readonly (Provider | undefined)[]): Problem[] {
  const [, ...others] = providers.flatMap((provider, index) =>
    provider?.realm_claim === undefined ? [] : [index],
  );
  const what = 'is set for another provider, too, and both could name the same realm';
  return others.map((index) => problemAt([...PROVIDERS, index, 'realm_claim'], what, '`realm`'));
}
