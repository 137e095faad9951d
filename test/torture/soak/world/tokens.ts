import { JWT_SECRET, sign } from '../../../helpers/tokens.js';
import { everybody, userOf } from './people.js';

/** Every token of a run, good and bad. Time goes in as a number, so that two processes make the same ones. */
export interface Tokens {
  /** By user. */
  readonly good: ReadonlyMap<string, string>;
  /** Of existing users, each broken in another way. */
  readonly bad: readonly string[];
  /** Of existing users, and past the clock skew that is tolerated. */
  readonly expired: readonly string[];
}

const KINDS = 40;

/** @param now seconds since the epoch, when the run began */
export function makeTokens(now: number): Tokens {
  const exp = now + 6 * 3600;
  const users = everybody();
  const rolesOf = (user: string): string[] => (userOf(user).habit === 'admin' ? ['admin'] : ['default']);
  const claims = (username: string, until: number) => ({
    ...{ sub: `ecmwf-${username}`, username, realm: 'ecmwf' },
    ...{ roles: rolesOf(username), exp: until },
  });
  const some = users.filter((_, i) => i % Math.floor(users.length / KINDS) === 0);
  return {
    good: new Map(users.map((user) => [user, sign(claims(user, exp))])),
    bad: some.map((user, i) => broken(claims(user, exp), i)),
    expired: some.map((user, i) => sign(claims(user, now - 120 - i))),
  };
}

/** Another secret, a changed claim under an old signature, a signature cut short, or no algorithm at all. */
function broken(claims: Parameters<typeof sign>[0], kind: number): string {
  const good = sign(claims);
  const [header, payload, signature] = good.split('.');
  const other = Buffer.from(JSON.stringify({ ...claims, roles: ['admin'] })).toString('base64url');
  const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
  const forms = [
    sign(claims, `${JWT_SECRET}-of-somebody-else`),
    `${header}.${other}.${signature}`,
    `${header}.${payload}.${signature?.slice(0, -4)}`,
    `${none}.${payload}.${signature}`,
  ];
  return forms[kind % forms.length] ?? good;
}
