import { boundedGet, type Fetch, type GetResponse } from '../http/bounded-get.js';
import { JsonObject, type JsonValue, readStrictJson } from '../json/strict-json.js';
import { readBearer, readDirect } from './authorization.js';
import {
  AMBIGUOUS_CREDENTIALS,
  ANONYMOUS,
  type IdentityResolver,
  INVALID_TOKEN,
  type Resolution,
} from './resolver.js';
import type { TokenVerifier } from './shared-secret.js';

export interface AuthOTronSettings {
  /** `auth.auth_o_tron_url`; `/authenticate` is appended. */
  readonly url: string;
  /** `auth.timeout_ms`, in milliseconds. */
  readonly timeoutMs: number;
}

const MAX_RESPONSE_BYTES = 1_048_576;
const FORBIDDEN: Resolution = { kind: 'forbidden', message: 'Token validation was denied' };
const UNAVAILABLE: Resolution = {
  kind: 'unavailable',
  message: 'Authentication service temporarily unavailable',
};

/** `auth.mode: direct`: auth-o-tron turns the client's credentials into a token, which is then verified as any other. */
export function authOTronResolver(
  settings: AuthOTronSettings,
  fetch: Fetch,
  verify: TokenVerifier,
): IdentityResolver {
  const url = new URL(`${settings.url.replace(/\/+$/, '')}/authenticate`);
  return {
    mode: 'direct',
    async resolve(values, remainingMs) {
      const authorization = readDirect(values);
      if (authorization.kind === 'anonymous') return ANONYMOUS;
      if (authorization.kind === 'ambiguous') return AMBIGUOUS_CREDENTIALS;
      const timeoutMs = Math.max(1, Math.floor(Math.min(settings.timeoutMs, remainingMs)));
      const headers = { authorization: authorization.header };
      const answer = await boundedGet({ fetch, url, headers, maxBytes: MAX_RESPONSE_BYTES, timeoutMs });
      return answer.ok ? resolutionOf(answer.value, verify) : UNAVAILABLE;
    },
  };
}

async function resolutionOf(answer: GetResponse, verify: TokenVerifier): Promise<Resolution> {
  if (answer.status === 401) return INVALID_TOKEN;
  if (answer.status === 403) return FORBIDDEN;
  if (answer.status < 200 || answer.status > 299) return UNAVAILABLE;
  const token = tokenFromHeader(answer.headers.get('authorization')) ?? tokenFromBody(answer.body);
  if (token === null) return UNAVAILABLE;
  const identity = await verify(token);
  return identity === null ? INVALID_TOKEN : { kind: 'user', identity };
}

function tokenFromHeader(header: string | null): string | null {
  const authorization = readBearer(header === null ? [] : [header]);
  return authorization.kind === 'credentials' ? jwtOrNull(authorization.token) : null;
}

/** A JSON object with `token`, `jwt` or `access_token`, a JSON string, or the bare token. */
function tokenFromBody(body: Uint8Array): string | null {
  const json = readStrictJson(body);
  if (!json.ok) return jwtOrNull(Buffer.from(body).toString('utf8'));
  if (typeof json.value === 'string') return jwtOrNull(json.value);
  return json.value instanceof JsonObject ? tokenFromObject(json.value) : null;
}

const TOKEN_MEMBERS = ['token', 'jwt', 'access_token'];

function tokenFromObject(object: JsonObject): string | null {
  const candidates = TOKEN_MEMBERS.map((name) => object.members.get(name) ?? null);
  if (object.repeats(TOKEN_MEMBERS) || !candidates.every(isStringOrNull)) return null;
  const first = candidates.find((candidate) => candidate !== null);
  return typeof first === 'string' ? jwtOrNull(first) : null;
}

const isStringOrNull = (value: JsonValue): boolean => value === null || typeof value === 'string';

/** Blanks around it go, as Aviso trims them, which is not as `trim()` does: U+0085 is one, a byte order mark is none. */
function jwtOrNull(text: string): string | null {
  const [word = '', ...more] = text.split(/\p{White_Space}+/u).filter((part) => part !== '');
  return more.length === 0 && JWT.test(word) ? word : null;
}

const JWT = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;
