import { createHmac } from 'node:crypto';
import { signedBy } from '../../helpers/keys.js';
import { inSeconds, sign, signRaw } from '../../helpers/tokens.js';
import { ECHOES } from './echoes.js';
import type { Made } from './made.js';
import { ISSUER, type Scene } from './scenes.js';
import type { Upstreams } from './upstreams.js';
import type { SecretWatch } from './watch.js';

/** The `Authorization` header of a request, and whether its user may read CIP. */
export interface Credentials {
  readonly header: string;
  readonly isAllowed: boolean;
}

/** What clients show: good, bad in every way, and such that a server they are shown to misbehaves. */
export function credentialsFor(
  { mode }: Scene,
  made: Made,
  { key }: Upstreams,
  watch: SecretWatch,
): Credentials[] {
  const ours = [bearer('alice', made, true), bearer('admin', made, true), bearer('bob', made, false)];
  const echoes = ECHOES.map((kind) => bearer(`echo-${kind}`, made, false));
  const bad = badTokens(made).map((token) => ({ header: `Bearer ${token}`, isAllowed: false }));
  const all = [...ours, ...echoes, ...bad];
  if (mode === 'direct') all.push(...logins(made));
  else all.push({ header: `Basic ${base64(`alice:${made.clientPassword}`)}`, isAllowed: false });
  if (mode === 'providers') all.push(...ofProviders(made, key));
  for (const { header } of all) for (const word of header.split(/[ ,]/)) if (isToken(word)) watch.token(word);
  return all;
}

const isToken = (word: string): boolean => word.split('.').length >= 3;
const base64 = (text: string): string => Buffer.from(text).toString('base64');

const claimsOf = (username: string, { claim }: Made) => ({
  username,
  roles: username === 'admin' ? ['admin'] : [],
  attributes: { claim },
  jti: claim,
});

const bearer = (username: string, made: Made, isAllowed: boolean): Credentials => ({
  header: `Bearer ${sign(claimsOf(username, made), made.jwtSecret)}`,
  isAllowed,
});

/** For alice, and wrong by themselves: no server takes one. */
function badTokens(made: Made): string[] {
  const { jwtSecret, said } = made;
  const claims = claimsOf('alice', made);
  const payload = JSON.stringify({ ...claims, exp: inSeconds(600) });
  const good = sign(claims, jwtSecret);
  const [head = '', body = ''] = good.split('.');
  const raw = (header: string): string => signRaw(header, payload, jwtSecret);
  return [
    sign(claims, said.repeat(2)),
    sign({ ...claims, exp: inSeconds(-600) }, jwtSecret),
    sign({ ...claims, username: { claim: made.claim } }, jwtSecret),
    sign({ ...claims, roles: made.claim }, jwtSecret),
    good.slice(0, -4),
    `${good}.${body}`,
    `${head}.${body}`,
    `${good},Bearer ${good}`,
    `${good} ${good}`,
    raw('{"alg":"none"}'),
    raw('{"alg":"HS256","crit":["exp"]}'),
    raw(`{"alg":"HS256","jwk":{"kty":"oct","k":"${base64(jwtSecret)}"}}`),
    raw(`{"alg":"RS256","kid":"${said}"}`),
    signRaw('{"alg":"HS512"}', payload, jwtSecret, 'sha512'),
    `${head}.${base64(made.claim)}.${createHmac('sha256', jwtSecret).update('x').digest('base64url')}`,
  ];
}

function logins({ clientPassword, said }: Made): Credentials[] {
  const login = (user: string, isAllowed: boolean, password = clientPassword): Credentials => ({
    header: `Basic ${base64(`${user}:${password}`)}`,
    isAllowed,
  });
  const echoes = ECHOES.map((kind) => login(`echo-${kind}`, false));
  return [login('alice', true), login('alice', false, said), login('forged', false), ...echoes];
}

function ofProviders(made: Made, key: Upstreams['key']): Credentials[] {
  const claims = { ...claimsOf('alice', made), iss: ISSUER, exp: inSeconds(600) };
  const token = (over: object, header: object = {}, isAllowed = false): Credentials => ({
    header: `Bearer ${signedBy(key, { ...claims, ...over }, { alg: 'ES256', ...header })}`,
    isAllowed,
  });
  return [
    token({}, {}, true),
    token({ exp: inSeconds(-600) }),
    token({ iss: `${ISSUER}/${made.said}` }),
    token({ iss: `${ISSUER}/b` }),
    token({}, { kid: made.said }),
    token({ username: { claim: made.claim } }),
    token({ aud: made.claim, username: `echo-${ECHOES[0]}` }),
  ];
}
