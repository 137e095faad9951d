import type { Answer } from '../../../src/transport/answer.js';
import { uint64 } from '../reference/claims.js';
import { readCompact } from '../reference/compact-token.js';
import { identitiesOf, type Who } from '../reference/identity.js';
import { memberOf } from '../reference/json.js';
import type { Truth } from '../reference/world.js';

type User = Extract<Who, { kind: 'user' }>;

/** What is wrong with whom an allow names to the gateway, by the credentials that were sent; or null. */
export function userFlaw({ headers }: Answer, sent: readonly string[], truth: Truth): string | null {
  const named = headers['x-aviso-user'];
  if (typeof named !== 'string')
    return headers['authorization'] === undefined ? null : 'credentials for nobody';
  const user = identitiesOf(sent, truth).find(isUser);
  if (user?.username !== decodeURIComponent(named)) return `x-aviso-user is ${named}`;
  const authorization = headers['authorization'];
  if (user.issuer === null)
    return authorization === undefined ? null : 'an exchanged token for a user of Aviso';
  return typeof authorization === 'string' ? exchangeFlaw(authorization, user, truth) : 'no exchanged token';
}

const isUser = (who: Who): who is User => who.kind === 'user';

/** The token that stands in for a provider's: Aviso takes it, for the same user, for 60 s at most. */
function exchangeFlaw(authorization: string, user: User, truth: Truth): string | null {
  const exchanged = identitiesOf([authorization], { ...truth, providers: [] }).find(isUser);
  const isSame = ['username', 'realm'].every(
    (name) => exchanged?.[name as 'realm'] === user[name as 'realm'],
  );
  if (exchanged === undefined || !isSame || exchanged.roles.join() !== user.roles.join())
    return 'an exchanged token for somebody else';
  const claims = readCompact(authorization.slice('Bearer '.length))?.claims;
  const expires = claims === undefined ? null : uint64(memberOf(claims, 'exp'));
  return expires !== null && expires <= BigInt(truth.now + 60)
    ? null
    : 'an exchanged token that lives too long';
}
