import type { MatchRule } from '../domain/match-rule.js';
import { isLocal } from '../domain/secure-url.js';
import { type Path, type Problem, problemAt } from './problem.js';
import type { AuthConfig, Config, EcpdsConfig, Listener, SidecarConfig } from './schema.js';

/** What is legal but risky. */
export function warningsOf(config: Config): Problem[] {
  return [
    ...authWarnings(config.auth),
    ...(config.ecpds === null ? [] : ecpdsWarnings(config.ecpds)),
    ...schemaWarnings(config),
    ...sidecarWarnings(config.sidecar),
    ...providerWarnings(config),
  ];
}

const warnIf = (holds: boolean, path: Path, problem: string, cure: string): Problem[] =>
  holds ? [problemAt(path, problem, cure)] : [];

function authWarnings(auth: AuthConfig): Problem[] {
  if (!auth.enabled) return [];
  const url = auth.mode === 'direct' ? new URL(auth.auth_o_tron_url) : null;
  return [
    ...warnIf(
      url !== null && url.protocol === 'http:' && !isLocal(url),
      ['auth', 'auth_o_tron_url'],
      'credentials of users go over plain http to another host',
      'an `https` URL',
    ),
    ...warnIf(
      Buffer.byteLength(auth.jwt_secret) < 32,
      ['auth', 'jwt_secret'],
      'is shorter than 32 bytes, so that it can be guessed from a token',
      'a random secret of 32 bytes or more, in auth-o-tron and Aviso too',
    ),
  ];
}

function ecpdsWarnings(ecpds: EcpdsConfig): Problem[] {
  const known = ecpds.servers.map((server) => server.href.replace(/\/+$/, ''));
  return [
    ...warnIf(
      ecpds.partial_outage_policy === 'any_success',
      ['ecpds', 'partial_outage_policy'],
      'while one server fails, users are denied destinations that only it lists',
      '`strict`, unless a denial is better than a 503',
    ),
    ...warnIf(
      ecpds.connect_timeout_seconds >= ecpds.request_timeout_seconds,
      ['ecpds', 'connect_timeout_seconds'],
      'is not below `request_timeout_seconds`, so that it never takes effect',
      'less than `request_timeout_seconds`',
    ),
    ...warnIf(
      ecpds.username.includes(':'),
      ['ecpds', 'username'],
      'holds a colon, which HTTP Basic takes for the end of the name',
      'a name without a colon',
    ),
    ...ecpds.servers.flatMap((server, index) => [
      ...warnIf(
        server.protocol === 'http:',
        ['ecpds', 'servers', index],
        'is asked over plain http on this host',
        'an `https` URL, except in tests',
      ),
      ...warnIf(
        known.indexOf(known[index] ?? '') !== index,
        ['ecpds', 'servers', index],
        'is listed twice, and would be asked twice',
        'each server once',
      ),
    ]),
  ];
}

function schemaWarnings(config: Config): Problem[] {
  const streams = [...config.notification_schema];
  const matchKey = config.ecpds?.match_key ?? '';
  return [
    ...warnIf(
      !config.notification_schema_strict && streams.length > 0,
      ['notification_schema_strict'],
      'event types without a schema are let through unchecked',
      '`true`, or left out',
    ),
    ...warnIf(
      streams.every(([, stream]) => !stream.gated),
      ['notification_schema'],
      'no event type is gated: ECPDS is never asked',
      '`plugins: [ecpds]` in the `auth` block of each schema to gate',
    ),
    ...streams.flatMap(([name, { match_rule }]) =>
      match_rule === null
        ? []
        : ruleWarnings(['notification_schema', name, 'identifier', matchKey], match_rule),
    ),
  ];
}

function ruleWarnings(path: Path, rule: MatchRule): Problem[] {
  const never = 'lets no value pass, so that nobody can watch this event type';
  switch (rule.type) {
    case 'StringHandler':
      return warnIf(rule.max_length === 0, [...path, 'max_length'], never, 'a length above 0, or left out');
    case 'IntHandler':
      return warnIf(
        rule.range !== null && rule.range[0] > rule.range[1],
        [...path, 'range'],
        never,
        'the lower bound first',
      );
    case 'EnumHandler':
      return [
        ...warnIf(rule.values.length === 0, [...path, 'values'], never, 'the names of the destinations'),
        ...warnIf(
          true,
          path,
          'turns destinations into lower case, and names in ECPDS rarely are',
          'StringHandler, unless every destination in ECPDS is in lower case',
        ),
      ];
  }
}

function sidecarWarnings(sidecar: SidecarConfig): Problem[] {
  return [
    ...listenerWarnings('http', sidecar.http, 'anybody who reaches it can ask for decisions'),
    ...(sidecar.grpc === null
      ? []
      : listenerWarnings('grpc', sidecar.grpc, 'anybody who reaches it can ask for decisions')),
    ...listenerWarnings(
      'admin',
      sidecar.admin,
      'anybody who reaches it can read the series, and the configuration without its secrets',
    ),
    ...protectionWarnings(sidecar.protections),
    ...warnIf(
      sidecar.allow_unrouted_match_key,
      ['sidecar', 'allow_unrouted_match_key'],
      'a user approved for one destination may be sent the notifications of all',
      '`false`, and the match key in each `topic.key_order`',
    ),
  ];
}

function protectionWarnings({ refresh_ahead, ttl_jitter }: SidecarConfig['protections']): Problem[] {
  return warnIf(
    refresh_ahead !== null && ttl_jitter > 1 - refresh_ahead.after_ratio,
    ['sidecar', 'protections', 'ttl_jitter'],
    'lets lists expire before `refresh_ahead` has them fetched again',
    'at most 1 less `refresh_ahead.after_ratio`',
  );
}

function providerWarnings({ auth, sidecar }: Config): Problem[] {
  const { providers } = sidecar.identity;
  return [
    ...warnIf(
      auth.mode === 'direct' && providers.length > 0,
      ['sidecar', 'identity', 'providers'],
      'are there while `auth.mode` is `direct`: Aviso shows auth-o-tron the tokens that it gets in place of theirs',
      '`trusted_proxy`, unless auth-o-tron accepts tokens of `auth.jwt_secret`',
    ),
    ...providers.flatMap(providerWarningsOf),
  ];
}

type Provider = SidecarConfig['identity']['providers'][number];

function providerWarningsOf({ audience, realm_claim }: Provider, index: number): Problem[] {
  const path = ['sidecar', 'identity', 'providers', index];
  return [
    ...warnIf(
      audience === undefined,
      [...path, 'audience'],
      'is not set: ANY token of this provider is taken, also one that it made for another service, and that service can be its user here',
      'the name that the provider puts into the `aud` of tokens for Aviso',
    ),
    ...warnIf(
      realm_claim !== undefined,
      [...path, 'realm_claim'],
      'lets the provider put a user into any realm, those of Aviso and their admins included',
      '`realm`, unless the provider is trusted with every realm',
    ),
  ];
}

function listenerWarnings(name: string, listener: Listener, what: string): Problem[] {
  const open = 'host' in listener && !/^(127\.[0-9.]+|::1|localhost)$/i.test(listener.host);
  const cure = '127.0.0.1 or a socket; elsewhere a network that only the proxy (or the monitoring) shares';
  return warnIf(open, ['sidecar', name, 'host'], `is not on loopback: ${what}`, cure);
}
