import { connect } from 'node:net';
import t from 'tap';
import { MAX_BODY_BYTES } from '../../src/request/envelope.js';
import { startListener } from '../helpers/listener.js';
import { answerTo, exchange, rawRequest } from '../helpers/raw-http.js';

const filled = (size: number): string => 'x'.repeat(size);
const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;
const chunked = (...texts: string[]): string =>
  rawRequest({ headers: ['transfer-encoding: chunked'], body: `${texts.map(chunk).join('')}0\r\n\r\n` });

t.test('a body of exactly the limit is taken, whichever way it is framed', async (t) => {
  const { port, seen } = await startListener(t);
  const whole = filled(MAX_BODY_BYTES);
  for (const bytes of [rawRequest({ body: whole }), chunked(whole), chunked(whole.slice(1), 'y')]) {
    t.equal((await answerTo(port, bytes)).status, 200);
  }
  t.same(
    seen.map(({ body }) => body.byteLength),
    [MAX_BODY_BYTES, MAX_BODY_BYTES, MAX_BODY_BYTES],
  );
});

t.test('one byte more is 413 in JSON, and the core is not asked', async (t) => {
  const { port, seen, refused } = await startListener(t);
  const tooMuch = filled(MAX_BODY_BYTES + 1);
  const requests = [
    rawRequest({ body: tooMuch }),
    chunked(tooMuch),
    chunked(tooMuch.slice(1), 'y'),
    rawRequest({ headers: ['content-length: 99999999999'] }),
    rawRequest({ headers: ['content-length: 99999999999', 'expect: 100-continue'] }),
    rawRequest({ target: '/envoy/api/v1/watch', body: tooMuch }),
  ];
  for (const bytes of requests) {
    const { status, body, headers } = await answerTo(port, bytes);
    t.equal(status, 413);
    t.match(JSON.parse(body), { code: 'PAYLOAD_TOO_LARGE', error: 'payload_too_large', request_id: /./ });
    t.same(headers.get('cache-control'), ['no-store']);
  }
  t.equal(seen.length, 0);
  t.equal(refused.length, requests.length);
});

t.test('no content type keeps a body from the core', async (t) => {
  const { port, seen } = await startListener(t);
  const types = [
    ...[
      'application/json',
      'application/json; charset=utf-16',
      'text/plain',
      'application/x-www-form-urlencoded',
    ],
    ...['multipart/form-data', 'junk', ';;;=', '', 'text/plain, application/json', '*/*', 'x/y; z='],
  ];
  for (const type of types) {
    const answer = await answerTo(port, rawRequest({ headers: [`content-type: ${type}`], body: '{"a":1}' }));
    t.equal(answer.status, 200, type);
  }
  t.equal((await answerTo(port, rawRequest({ body: '{"a":1}' }))).status, 200, 'and neither does none');
  t.equal(
    (await answerTo(port, rawRequest({ headers: ['content-type: a', 'content-type: b'], body: '{"a":1}' })))
      .status,
    200,
  );
  t.ok(seen.every(({ body }) => Buffer.from(body).toString() === '{"a":1}'));
});

t.test('no body is an empty one, with a content type or without', async (t) => {
  const { port, seen } = await startListener(t);
  for (const headers of [[], ['content-type: application/json'], ['content-type: junk']]) {
    t.equal((await answerTo(port, rawRequest({ headers }))).status, 200);
  }
  t.equal((await answerTo(port, chunked())).status, 200);
  t.ok(seen.every(({ body }) => body.byteLength === 0));
});

t.test('a body of a GET stays with it, and is not taken for the next request', async (t) => {
  const { port, seen } = await startListener(t);
  const smuggled = rawRequest({ target: '/smuggled' });
  for (const method of ['GET', 'HEAD', 'TRACE', 'PROPFIND']) {
    seen.length = 0;
    await exchange(port, rawRequest({ method, body: smuggled }) + rawRequest({ target: '/next' }), 2);
    t.same(
      seen.map(({ target }) => target),
      ['/api/v1/watch', '/next'],
      method,
    );
    t.equal(Buffer.from(seen[0]?.body ?? []).toString(), smuggled);
  }
});

t.test('Expect: 100-continue is continued, and an unknown expectation is none', async (t) => {
  const { port, seen } = await startListener(t);
  for (const expected of ['100-continue', '100-Continue', 'something-else', '200-ok']) {
    t.equal(
      (await answerTo(port, rawRequest({ headers: [`expect: ${expected}`], body: '{}' }))).status,
      200,
      expected,
    );
  }
  t.same(
    seen.map(({ body }) => body.byteLength),
    [2, 2, 2, 2],
  );
});

t.test('an upgrade is not made: the request is one like any other', async (t) => {
  const { port, seen } = await startListener(t);
  for (const protocol of ['websocket', 'h2c']) {
    const headers = ['connection: upgrade', `upgrade: ${protocol}`];
    t.equal((await answerTo(port, rawRequest({ headers, body: '{}' }))).status, 200);
  }
  t.equal(seen.length, 2);
});

t.test('64 KiB of headers are taken', async (t) => {
  const { port, seen } = await startListener(t);
  const token = filled(65_536);
  t.equal((await answerTo(port, rawRequest({ headers: [`authorization: Bearer ${token}`] }))).status, 200);
  t.equal(seen[0]?.authorization[0]?.length, token.length + 'Bearer '.length);
});

t.test('a body that turns out malformed is refused once', async (t) => {
  const { port, seen, refused } = await startListener(t);
  const head = 'POST /api/v1/watch HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n';
  const [answer] = await exchange(port, [`${head}5\r\n{"eve\r\n`, 'zz\r\n']);
  t.equal(answer?.status, 400);
  t.equal(refused.length, 1);
  t.equal(seen.length, 0);
});

t.test('a client that hangs up while sending is neither asked about nor refused', async (t) => {
  const { port, seen, refused } = await startListener(t);
  const socket = connect(port, '127.0.0.1', () => {
    socket.write('POST /api/v1/watch HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\n{', () =>
      socket.resetAndDestroy(),
    );
  });
  await new Promise((resolve) => socket.on('close', resolve));
  const [answer] = await exchange(port, 'POST /a HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n');
  t.equal(answer?.status, 200, 'the next request is unharmed');
  t.equal(seen.length, 1);
  t.equal(refused.length, 0);
});
