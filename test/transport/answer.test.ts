import t from 'tap';
import { type Decision, INVALID_STATUS, type InvalidCode } from '../../src/domain/decision.js';
import { answerTo } from '../../src/transport/answer.js';
import { identity } from '../helpers/identity.js';

const OPTIONS = { requestId: 'request-1', challenges: ['Bearer', 'Basic'] };
const answer = (decision: Decision) => answerTo(decision, OPTIONS);
const allowed = (username: string, realm: string | null = 'ecmwf') =>
  answer({
    kind: 'allow',
    reason: 'destination_listed',
    identity: identity({ username, realm }),
    cacheOutcome: 'hit',
  });

/** Decision, status, code and whether a client may try again. */
const REFUSALS: readonly (readonly [Decision, number, string])[] = [
  [{ kind: 'unauthenticated', message: 'm' }, 401, 'UNAUTHORIZED'],
  [{ kind: 'forbidden', message: 'm' }, 403, 'FORBIDDEN'],
  [{ kind: 'deny', reason: 'DestinationNotInList', cacheOutcome: 'hit' }, 403, 'FORBIDDEN'],
  [{ kind: 'deny', reason: 'MatchKeyMissing', cacheOutcome: 'none' }, 403, 'FORBIDDEN'],
  [{ kind: 'identity_unavailable', message: 'm' }, 503, 'SERVICE_UNAVAILABLE'],
  [{ kind: 'unavailable', fetchOutcome: 'Unauthorized', cacheOutcome: 'hit' }, 503, 'SERVICE_UNAVAILABLE'],
  [
    { kind: 'error', errorKind: 'unexpected', cause: new Error('SECRET'), cacheOutcome: null },
    500,
    'INTERNAL_ERROR',
  ],
  ...Object.entries(INVALID_STATUS).map(
    ([code, status]) => [{ kind: 'invalid', code: code as InvalidCode, message: 'm' }, status, code] as const,
  ),
];

for (const [decision, status, code] of REFUSALS) {
  t.test(`${decision.kind} ${code} is ${status}, in JSON`, async (t) => {
    const { status: sent, headers, body } = answer(decision);
    t.equal(sent, status);
    const { message, ...rest } = JSON.parse(body);
    t.same(rest, { code, error: code.toLowerCase(), request_id: 'request-1' });
    t.equal(typeof message === 'string' && message.length > 0, true);
    t.match(headers, {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-request-id': 'request-1',
    });
    t.equal('www-authenticate' in headers, status === 401);
    t.equal('retry-after' in headers, status === 503);
    t.equal('x-aviso-decision' in headers, false);
    t.equal('x-aviso-user' in headers, false);
    t.notMatch(body, /SECRET|Unauthorized/);
  });
}

t.test('an allow says so, and who it is, in headers alone', async (t) => {
  t.same(allowed('alice'), {
    allows: true,
    status: 200,
    headers: {
      'cache-control': 'no-store',
      'x-request-id': 'request-1',
      'x-aviso-decision': 'allow',
      'x-aviso-user': 'alice',
      'x-aviso-realm': 'ecmwf',
    },
    body: '',
  });
  t.equal('x-aviso-realm' in allowed('alice', null).headers, false);
  const ungated = answer({ kind: 'allow', reason: 'not_gated', identity: null, cacheOutcome: null });
  t.equal('x-aviso-user' in ungated.headers, false);
});

t.test(
  'a name is percent-encoded outside visible ASCII, so that no name is more than a header value',
  async (t) => {
    const names: Record<string, string> = {
      'a b': 'a%20b',
      'a\r\nx-aviso-user: root': 'a%0D%0Ax-aviso-user:%20root',
      'ü/ø': '%C3%BC/%C3%B8',
      '😀': '%F0%9F%98%80',
      '100%': '100%25',
      '%41': '%2541',
      '\u0000\u007f\u0080': '%00%7F%C2%80',
      "!#$&'*+-.^_`|~,;=@": "!#$&'*+-.^_`|~,;=@",
    };
    for (const [name, encoded] of Object.entries(names)) {
      const { headers } = allowed(name, name);
      t.equal(headers['x-aviso-user'], encoded);
      t.equal(headers['x-aviso-realm'], encoded);
      t.equal(decodeURIComponent(encoded), name);
    }
  },
);

t.test('a name too long for a header that proxies take is left out, never cut', async (t) => {
  for (const name of ['a'.repeat(2048), 'ü'.repeat(341)]) {
    t.equal(decodeURIComponent(String(allowed(name, name).headers['x-aviso-user'])), name);
    t.equal(decodeURIComponent(String(allowed(name, name).headers['x-aviso-realm'])), name);
  }
  for (const name of ['a'.repeat(2049), 'ü'.repeat(342), '日'.repeat(10_000)]) {
    const { status, headers } = allowed(name, name);
    t.equal(status, 200);
    t.equal(headers['x-aviso-decision'], 'allow');
    t.equal('x-aviso-user' in headers, false);
    t.equal('x-aviso-realm' in headers, false);
  }
});

t.test('a 401 names every way in', async (t) => {
  t.same(answer({ kind: 'unauthenticated', message: 'm' }).headers['www-authenticate'], ['Bearer', 'Basic']);
});

t.test('a 503 asks for 5 to 15 seconds, not always the same', async (t) => {
  const seconds = Array.from({ length: 2000 }, () =>
    Number(answer({ kind: 'identity_unavailable', message: 'm' }).headers['retry-after']),
  );
  t.same(
    [...new Set(seconds)].sort((a, b) => a - b),
    [5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
  );
});

t.test('an allow carries the token that the gateway is to see, and nothing else does', async (t) => {
  const { headers } = answer({
    kind: 'allow',
    reason: 'not_gated',
    identity: null,
    cacheOutcome: null,
    authorization: 'Bearer exchanged',
  });
  t.equal(headers['authorization'], 'Bearer exchanged');
  t.notOk('authorization' in allowed('alice').headers);
});
