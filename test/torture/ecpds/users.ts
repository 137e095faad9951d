import { sign } from '../../helpers/tokens.js';
import type { SecretWatch } from '../secrets/watch.js';

/** Names that a careless URL would make into another name, or into another parameter. */
export const NAMES = [
  'alice',
  'Alice',
  'bob',
  'alice&id=bob',
  'alice;id=bob',
  'alice?id=bob',
  'alice#bob',
  'alice+bob',
  'alice bob',
  'alice%20bob',
  '%61lice',
  'alice%00',
  'alice\0',
  'alice\r\nx: y',
  'alice/../bob',
  '../bob',
  '..',
  '/',
  '%2e%2e%2f',
  '__proto__',
  'constructor',
  'zoë',
  'zoe\u0308',
  '用户😀',
  '\ufeffalice',
  'a'.repeat(300),
  '=',
  '&',
  '%',
  '+',
  "o'neil*()!~",
  '"<>\\^`{|}',
];

/** So long that no URL with it is sent: nobody can say what such a user may read. */
const TOO_LONG = '用'.repeat(7500);

export interface User {
  readonly name: string;
  readonly realm: string | null;
  readonly authorization: string;
  /** Whether its name fits into a URL. */
  readonly fits: boolean;
}

/** Two realms share every name: they are two users, with lists of their own. */
export function usersFor(secrets: SecretWatch): readonly User[] {
  const exp = Math.floor(Date.UTC(2099, 0, 1) / 1000);
  return [...NAMES, TOO_LONG].flatMap((name) =>
    ['ecmwf', 'other', null].map((realm) => {
      const token = sign({ username: name, realm, exp });
      secrets.token(token);
      return { name, realm, authorization: `Bearer ${token}`, fits: name !== TOO_LONG };
    }),
  );
}

export const keyOf = ({ name, realm }: User): string => JSON.stringify([realm, name]);

/**
 * The user whom a request-target asks for, decoded by hand: what follows `?id=`, each `%XX` a byte, every other character
 * itself. Null when it is not of that form, or when the bytes are no UTF-8.
 */
export function askedFor(target: string): string | null {
  const [, path = '', query = ''] = /^([^?]*)\?id=([A-Za-z0-9%!'()*._~-]*)$/.exec(target) ?? [];
  if (!path.endsWith('/ecpds/v1/destination/list')) return null;
  const bytes: number[] = [];
  for (let at = 0; at < query.length; at += 1) {
    const hex = /^%([0-9A-Fa-f]{2})/.exec(query.slice(at, at + 3))?.[1];
    if (query[at] === '%' && hex === undefined) return null;
    bytes.push(hex === undefined ? query.charCodeAt(at) : Number.parseInt(hex, 16));
    if (hex !== undefined) at += 2;
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes));
  } catch {
    return null;
  }
}
