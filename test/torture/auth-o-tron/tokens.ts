import { createHmac } from 'node:crypto';
import { inSeconds, JWT_SECRET, sign, signRaw } from '../../helpers/tokens.js';
import type { SecretWatch } from '../secrets/watch.js';

/** A token that auth-o-tron may hand out, and whom it is for; null: nobody, since it is not good. */
export interface Handed {
  readonly text: string;
  readonly user: string | null;
  readonly label: string;
}

export const USERS = ['alice', 'bob', 'zoë', '__proto__'];
const HEADER = '{"typ":"JWT","alg":"HS256"}';

export function tokensFor(secrets: SecretWatch): readonly Handed[] {
  const exp = Math.floor(Date.UTC(2099, 0, 1) / 1000);
  const past = inSeconds(-100);
  const good = USERS.flatMap((user): Handed[] => [
    { text: sign({ username: user, exp }), user, label: `good ${user}` },
    { text: sign({ sub: user, exp }), user, label: `good sub ${user}` },
    { text: sign({ sub: `ecmwf-${user}`, username: user, exp }), user, label: `good both ${user}` },
  ]);
  const claims = JSON.stringify({ username: 'alice', exp });
  const bad = Object.entries({
    expired: sign({ username: 'alice', exp: past }),
    'another secret': sign({ username: 'alice', exp }, 'another-secret-of-at-least-32-bytes-long'),
    'no expiry': sign({ username: 'alice', exp: undefined }),
    'expiry as text': sign({ username: 'alice', exp: String(exp) }),
    nobody: sign({ exp }),
    'empty name': sign({ username: '', exp }),
    'name that is none': sign({ username: ['alice'], exp }),
    HS512: signRaw('{"alg":"HS512"}', claims, JWT_SECRET, 'sha512'),
    none: `${signRaw('{"alg":"none"}', claims).split('.').slice(0, 2).join('.')}.eA`,
    'claims twice': signRaw(HEADER, `{"username":"bob",${claims.slice(1)}`),
    critical: signRaw('{"alg":"HS256","crit":["exp"]}', claims),
    forged: forged(sign({ username: 'bob', exp })),
    'no JSON': signRaw(HEADER, 'alice'),
  }).map(([label, text]): Handed => ({ text, user: null, label }));
  for (const { text } of [...good, ...bad]) secrets.token(text);
  return [...good, ...bad];
}

function forged(token: string): string {
  const [header = '', payload = ''] = token.split('.');
  const claims = Buffer.from(payload, 'base64url').toString().replace('bob', 'alice');
  const signature = createHmac('sha256', 'x').update(claims).digest('base64url');
  return `${header}.${Buffer.from(claims).toString('base64url')}.${signature}`;
}
