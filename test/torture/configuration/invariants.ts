import type { Config } from '../../../src/config/schema.js';
import { isTree, valueAt } from './base.js';

/** What must hold of whatever was accepted (contract section 5), a second time; the first thing that does not, or null. */
export function brokenInvariant(config: Config): string | null {
  return (
    [...authBroken(config), ...ecpdsBroken(config), ...streamsBroken(config), ...sidecarBroken(config)][0] ??
    null
  );
}

const unless = (holds: boolean, what: string): string[] => (holds ? [] : [what]);
const isClean = (text: string): boolean => text !== '' && !/^[\s\u0085]|[\s\u0085]$/.test(text);
const isCount = (value: number): boolean => Number.isInteger(value) && value > 0;

function authBroken({ auth }: Config): string[] {
  if (!auth.enabled) return [];
  const roles = [...auth.admin_roles];
  return [
    ...unless(isClean(auth.jwt_secret), 'auth is enabled without a secret'),
    ...unless(
      roles.length > 0 &&
        roles.every(([realm, names]) => isClean(realm) && names.length > 0 && names.every(isClean)),
      'admin_roles are empty somewhere',
    ),
    ...unless(isCount(auth.timeout_ms), 'auth.timeout_ms is no time'),
    ...unless(
      auth.mode === 'trusted_proxy' || /^https?:\/\/[^@?#]+$/.test(auth.auth_o_tron_url),
      'auth-o-tron is nowhere',
    ),
  ];
}

const LOCAL = /^(127\.0\.0\.1|\[::1\]|localhost)$/;
const isSafe = (url: URL): boolean =>
  url.protocol === 'https:' || (url.protocol === 'http:' && LOCAL.test(url.hostname));

function ecpdsBroken({ ecpds }: Config): string[] {
  if (ecpds === null) return [];
  const counts = [
    ecpds.cache_ttl_seconds,
    ecpds.max_entries,
    ecpds.request_timeout_seconds,
    ecpds.connect_timeout_seconds,
  ];
  return [
    ...unless([ecpds.username, ecpds.password, ecpds.target_field].every(isClean), 'ecpds has a blank text'),
    ...unless(ecpds.servers.length > 0, 'ecpds has no server'),
    ...unless(
      ecpds.servers.every((url) => isSafe(url) && url.username + url.password + url.search + url.hash === ''),
      'a server is not safe',
    ),
    ...unless(/^[^\s\u0085/\0]+$/.test(ecpds.match_key), 'match_key is no bare name'),
    ...unless(counts.every(isCount), 'ecpds has a number that is none'),
    ...unless(['strict', 'any_success'].includes(ecpds.partial_outage_policy), 'there is another policy'),
  ];
}

function streamsBroken({ auth, ecpds, notification_schema: streams }: Config): string[] {
  return [...streams].flatMap(([name, stream]) => [
    ...unless(
      !stream.gated || (stream.required && auth.enabled && ecpds !== null && stream.match_rule !== null),
      `${name} is gated by nothing`,
    ),
    ...unless(stream.gated || stream.match_rule === null, `${name} has a rule and no gate`),
    ...unless(
      stream.read_roles === null || (stream.required && auth.enabled && stream.read_roles.size > 0),
      `${name} has roles for nothing`,
    ),
    ...unless(!stream.required || auth.enabled, `${name} wants a user, and nobody is known`),
  ]);
}

function sidecarBroken({ auth, sidecar }: Config): string[] {
  const listeners = [sidecar.http, sidecar.grpc, sidecar.admin].filter((one) => one !== null);
  const addresses = listeners
    .filter((one) => 'socket' in one || one.port !== 0)
    .map((one) => JSON.stringify(one));
  const { providers } = sidecar.identity;
  const issuers = providers.map(({ issuer }) => issuer);
  return [
    ...unless(new Set(addresses).size === addresses.length, 'two listeners have one address'),
    ...unless(
      sidecar.recheck_token === null || /^[\w.~+/-]{16,}=*$/.test(sidecar.recheck_token),
      'the recheck token is none',
    ),
    ...unless(providers.length === 0 || auth.enabled, 'there are providers, and nobody is known'),
    ...unless(
      new Set(issuers).size === issuers.length && issuers.every((issuer) => issuer !== ''),
      'two providers have one issuer',
    ),
    ...providers.flatMap(({ name, jwks_uri, discovery, realm, realm_claim, algorithms }) => [
      ...unless((jwks_uri === undefined) === discovery, `${name} has keys at two places or none`),
      ...unless(jwks_uri === undefined || isSafe(new URL(jwks_uri)), `${name} has keys in an unsafe place`),
      ...unless((realm === undefined) !== (realm_claim === undefined), `${name} has two realms or none`),
      ...unless(
        algorithms.length > 0 &&
          algorithms.every((algorithm) => /^([RPE]S(256|384|512)|EdDSA)$/.test(algorithm)),
        `${name} has an algorithm that is none`,
      ),
    ]),
  ];
}

/** Where a stream is less guarded than a tree says; null: nowhere. */
export function lessGuarded(config: Config, tree: unknown): string | null {
  const streams = valueAt(tree, ['notification_schema']);
  for (const [name, stream] of Object.entries(isTree(streams) ? streams : {})) {
    const auth = valueAt(stream, ['auth']);
    const plugins = valueAt(auth, ['plugins']);
    const held = config.notification_schema.get(name);
    if (held === undefined) return `${name} is not known`;
    if (Array.isArray(plugins) && plugins.includes('ecpds') && !held.gated)
      return `${name} names ecpds, and is not gated`;
    if (valueAt(auth, ['required']) === true && !held.required) return `${name} is required, and is not`;
    const roles = valueAt(auth, ['read_roles']);
    if (
      isTree(roles) &&
      JSON.stringify([...(held.read_roles ?? [])]) !== JSON.stringify(Object.entries(roles))
    )
      return `${name} has other roles`;
    if (held.gated && isUnrouted(config, valueAt(stream, ['topic'])))
      return `${name} is gated by what is not in its topic`;
  }
  if (valueAt(tree, ['auth', 'enabled']) === true && !config.auth.enabled)
    return 'auth is enabled, and is not';
  if (valueAt(tree, ['notification_schema_strict']) === true && !config.notification_schema_strict)
    return 'it is strict, and is not';
  return null;
}

function isUnrouted({ ecpds, sidecar }: Config, topic: unknown): boolean {
  const order = valueAt(topic, ['key_order']);
  if (!isTree(topic) || sidecar.allow_unrouted_match_key) return false;
  return !(Array.isArray(order) && order.includes(ecpds?.match_key));
}
