import { once } from 'node:events';
import { connect } from 'node:net';
import t from 'tap';
import { startListener } from '../helpers/listener.js';
import { answerTo, rawRequest } from '../helpers/raw-http.js';

const MALFORMED: Record<string, string> = {
  'another protocol': 'SSH-2.0-OpenSSH_9.2\r\n\r\n',
  'a TLS handshake': '\u0016\u0003\u0001\u0002\u0000\r\n\r\n',
  'an unknown version': 'POST / HTTP/9.9\r\nhost: a\r\n\r\n',
  'an unknown method': rawRequest({ method: 'FOO' }),
  'a method in lower case': rawRequest({ method: 'post' }),
  CONNECT: 'CONNECT a:80 HTTP/1.1\r\nhost: a\r\n\r\n',
  'a header without a colon': rawRequest({ headers: ['nonsense'] }),
  'a header with a space in its name': rawRequest({ headers: ['bad name: x'] }),
  'a NUL in a header': rawRequest({ headers: ['x: a\u0000b'] }),
  'a bare line feed in a header': rawRequest({ headers: ['x: a\nauthorization: b'] }),
  'a folded header': rawRequest({ headers: ['x: a', ' b'] }),
  'a length and chunks': rawRequest({
    headers: ['content-length: 2', 'transfer-encoding: chunked'],
    body: '0\r\n\r\n',
  }),
  'two lengths': rawRequest({ headers: ['content-length: 2', 'content-length: 3'], body: '{}' }),
  'a negative length': rawRequest({ headers: ['content-length: -1'] }),
  'a length in words': rawRequest({ headers: ['content-length: two'] }),
  'another transfer coding': rawRequest({ headers: ['transfer-encoding: identity'], body: '{}' }),
  'a chunk without a size': rawRequest({ headers: ['transfer-encoding: chunked'], body: 'zz\r\n' }),
  'a space in the path': rawRequest({ target: '/api/v1/wa tch' }),
  'a byte beyond ASCII in the path': rawRequest({ target: '/api/v1/watch\u00e9' }),
};

for (const [what, bytes] of Object.entries(MALFORMED)) {
  t.test(`${what} is 400, in JSON, and the connection ends`, async (t) => {
    const { port, seen, refused } = await startListener(t);
    const { status, headers, body } = await answerTo(port, bytes);
    t.equal(status, 400);
    t.match(JSON.parse(body), {
      code: 'INVALID_REQUEST_SHAPE',
      error: 'invalid_request_shape',
      message: /./,
    });
    t.same(headers.get('x-request-id'), [JSON.parse(body).request_id]);
    t.same(headers.get('cache-control'), ['no-store']);
    t.same(headers.get('content-type'), ['application/json']);
    t.same(headers.get('connection'), ['close']);
    t.equal(seen.length, 0, 'nobody is asked');
    t.match(refused[0], { kind: 'invalid', code: 'INVALID_REQUEST_SHAPE' });
  });
}

t.test('more headers than there is room for are 431, in JSON', async (t) => {
  const { port, refused } = await startListener(t);
  const long = 'x'.repeat(100_000);
  for (const bytes of [
    rawRequest({ headers: [`x: ${long}`] }),
    rawRequest({ target: `/${long}` }),
    rawRequest({ headers: [`${long}: x`] }),
  ]) {
    const { status, body } = await answerTo(port, bytes);
    t.equal(status, 431);
    t.match(JSON.parse(body), { code: 'REQUEST_HEADER_FIELDS_TOO_LARGE' });
  }
  t.equal(refused.length, 3);
});

t.test('who hangs up in the middle harms nobody else', async (t) => {
  const { port } = await startListener(t);
  for (const part of ['', 'POST', rawRequest({ headers: ['content-length: 10'], body: '{}' })]) {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(part);
    socket.resetAndDestroy();
    await once(socket, 'close');
  }
  t.equal((await answerTo(port, rawRequest())).status, 200);
});
