import { once } from 'node:events';
import { connect } from 'node:net';
import t from 'tap';
import type { Decision } from '../../src/domain/decision.js';
import { MAX_BODY_BYTES } from '../../src/request/envelope.js';
import type { HttpListenerOptions } from '../../src/transport/http-listener.js';
import { deferred } from '../helpers/deferred.js';
import { ALLOW, startListener } from '../helpers/listener.js';
import { exchange, rawRequest } from '../helpers/raw-http.js';

const fails = (): never => {
  throw new Error('SECRET');
};
const rejects = async (): Promise<never> => fails();
const TOO_MUCH = 'x'.repeat(MAX_BODY_BYTES + 1);
const CHUNKED = `${TOO_MUCH.length.toString(16)}\r\n${TOO_MUCH}\r\n0\r\n\r\n`;

/** The status that these bytes are answered with, or `closed`, natively and for Envoy. */
async function statuses(port: number, parts: Parameters<typeof rawRequest>[0]) {
  const status = async (target: string) => {
    const [answer] = await exchange(port, rawRequest({ ...parts, target })).catch(closed);
    if (answer?.body.includes('SECRET')) throw new Error('the cause is told');
    return answer?.status ?? 'closed';
  };
  return [await status('/api/v1/watch'), await status('/envoy/api/v1/watch')];
}

/** A connection that was reset is a closed one. */
function closed(error: NodeJS.ErrnoException): [] {
  if (error.code === 'ECONNRESET' || error.code === 'EPIPE') return [];
  throw error;
}

const FAULTS: readonly (readonly [string, Partial<HttpListenerOptions>, (number | 'closed')[]])[] = [
  ['a core that throws', { decide: fails }, [500, 423]],
  ['a core that rejects', { decide: rejects }, [500, 423]],
  ['challenges that throw where none is asked for', { challenges: fails }, [200, 200]],
  [
    'challenges that throw',
    { challenges: fails, decide: async () => ({ kind: 'unauthenticated', message: 'm' }) },
    [500, 423],
  ],
  ['a phase that cannot be told', { isDraining: fails }, [500, 423]],
  ['a core and a record that fail', { decide: rejects, refuse: fails }, ['closed', 'closed']],
  ['a clock that throws', { now: fails }, [500, 423]],
];
for (const [name, options, expected] of FAULTS) {
  t.test(`${name}: ${expected.join(' and ')}, and no request hangs`, async (t) => {
    const { port } = await startListener(t, undefined, options);
    for (let i = 0; i < 2; i++) t.same(await statuses(port, { body: '{}' }), expected);
  });
}

t.test('a record that fails where there is nothing to decide closes the connection', async (t) => {
  const { port, seen } = await startListener(t, undefined, { refuse: fails });
  t.same(await statuses(port, { headers: ['content-length: 999999'] }), ['closed', 'closed']);
  t.same(await statuses(port, { headers: ['transfer-encoding: chunked'], body: CHUNKED }), [
    'closed',
    'closed',
  ]);
  t.equal(seen.length, 0);
});

t.test(
  'a record that fails over what is no HTTP closes the connection, and the next one is served',
  async (t) => {
    const { port } = await startListener(t, undefined, { refuse: fails });
    for (const bytes of [
      'nonsense\r\n\r\n',
      'CONNECT a:80 HTTP/1.1\r\nhost: a\r\n\r\n',
      'GET / HTTP/9.9\r\n\r\n',
    ]) {
      t.same(await exchange(port, bytes).catch(closed), []);
    }
    t.same(await statuses(port, { body: '{}' }), [200, 200]);
  },
);

t.test('a fault ends its own request and not the one before it', async (t) => {
  const first = deferred<Decision>();
  const { port } = await startListener(t, ({ target }) => {
    if (target === '/a') return first.promise;
    first.resolve({ kind: 'forbidden', message: 'm' });
    return target === '/b' ? fails() : ALLOW;
  });
  const bytes = ['/a', '/b', '/c'].map((target) => rawRequest({ target, body: '{}' })).join('');
  t.same(
    (await exchange(port, bytes, 3)).map(({ status }) => status),
    [403, 500],
    'in order, and nothing after the fault',
  );
});

t.test(
  'after a body that is too large the connection is closed, and what follows is not served',
  async (t) => {
    const next = rawRequest({ target: '/next', body: '{}' });
    const requests = [
      rawRequest({ body: TOO_MUCH }),
      rawRequest({ headers: ['transfer-encoding: chunked'], body: CHUNKED }),
      rawRequest({ target: '/envoy/api/v1/watch', body: TOO_MUCH }),
    ];
    for (const bytes of requests) {
      const { port } = await startListener(t);
      const answers = await exchange(port, bytes + next, 2);
      t.same(
        answers.map(({ status, headers }) => [status, headers.get('connection')]),
        [[413, ['close']]],
      );
    }
  },
);

t.test('a body that never ends is answered as soon as it is too large', async (t) => {
  const { port, refused } = await startListener(t);
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write('POST /a HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n');
  socket.write(`${TOO_MUCH.length.toString(16)}\r\n${TOO_MUCH}\r\n`);
  const [data] = await once(socket, 'data');
  t.match(String(data), /^HTTP\/1\.1 413 /);
  await once(socket, 'close');
  t.match(refused, [{ code: 'PAYLOAD_TOO_LARGE' }]);
});
