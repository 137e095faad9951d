import t from 'tap';
import { Room, SMALL_BYTES } from '../../src/net/collector.js';
import { deferred } from '../helpers/deferred.js';
import { ALLOW, startListener } from '../helpers/listener.js';
import { answerTo, rawRequest } from '../helpers/raw-http.js';
import { closedByPeer, stubbornPeer } from '../helpers/stubborn-peer.js';
import { until } from '../helpers/until.js';

const LIMITS = { receiveMs: 200, untakenMs: 200, lingerMs: 100, lookMs: 50 };

t.test('every header is read, however many stand before it', async (t) => {
  const { port, seen } = await startListener(t);
  for (const count of [0, 999, 1000, 1001, 5000, 10_000]) {
    const many = Array.from({ length: count }, () => 'a: b');
    const headers = ['authorization: 1', ...many, 'authorization: 2', 'content-encoding: br'];
    const answer = await answerTo(
      port,
      rawRequest({ headers: [...headers, 'x-envoy-auth-partial-body: true'], body: '{}' }),
    );
    t.equal(answer.status, 200);
    t.match(seen.at(-1), { authorization: ['1', '2'], contentEncoding: 'br', partialBody: true }, `${count}`);
  }
});

const STARTS: readonly (readonly [string, string, RegExp])[] = [
  ['sends nothing', '', /^HTTP\/1.1 408 /],
  ['sends half a head', 'POST / HTTP/1.1\r\nhost', /^HTTP\/1.1 408 /],
  ['sends half a body', rawRequest({ headers: ['content-length: 9'], body: 'a' }), /^HTTP\/1.1 408 /],
  ['sends what is no HTTP', 'nonsense\r\n\r\n', /^HTTP\/1.1 400 /],
  ['asks for a tunnel', 'CONNECT a:80 HTTP/1.1\r\nhost: a\r\n\r\n', /^HTTP\/1.1 400 /],
  ['wants no more than one answer', rawRequest({ headers: ['connection: close'] }), /^HTTP\/1.1 200 /],
];
for (const [what, bytes, answer] of STARTS) {
  t.test(`a peer that ${what} and never closes is closed`, async (t) => {
    const { port } = await startListener(t, undefined, { limits: LIMITS });
    const { socket, text, ended } = await stubbornPeer(port);
    socket.write(bytes);
    await ended;
    t.match(text(), answer);
    await closedByPeer(socket);
  });
}

t.test('a peer that does not read its answers is closed', async (t) => {
  const { port } = await startListener(t, undefined, { limits: LIMITS });
  const { socket } = await stubbornPeer(port);
  socket.pause();
  await closedByPeer(socket, Buffer.from(rawRequest({ headers: ['x-request-id: 1'] }).repeat(500)));
  t.equal((await answerTo(port, rawRequest())).status, 200);
});

t.test('a request that waits for its decision is no stalled one', async (t) => {
  const decision = deferred<typeof ALLOW>();
  const { port } = await startListener(t, () => decision.promise, { limits: LIMITS });
  const answer = answerTo(port, rawRequest());
  await new Promise((resolve) => setTimeout(resolve, 600));
  decision.resolve(ALLOW);
  t.equal((await answer).status, 200);
});

t.test('large bodies that arrive beyond what there is room for are 503, small ones are served', async (t) => {
  const { port, refused } = await startListener(t, undefined, { room: new Room(2 * SMALL_BYTES) });
  const large = rawRequest({ body: 'x'.repeat(SMALL_BYTES + 1) });
  const arriving = await stubbornPeer(port);
  t.teardown(() => arriving.socket.destroy());
  const length = `content-length: ${SMALL_BYTES + 2}`;
  arriving.socket.write(rawRequest({ headers: [length], body: 'x'.repeat(SMALL_BYTES + 1) }));
  await until(async () => (await answerTo(port, large)).status === 503);
  const second = await answerTo(port, large);
  t.match(JSON.parse(second.body), { code: 'OVERLOADED' });
  t.match(second.headers.get('retry-after'), [/^[0-9]+$/]);
  t.match(refused.at(-1), { kind: 'invalid', code: 'OVERLOADED' });
  const toEnvoy = rawRequest({ target: '/envoy/x', body: 'x'.repeat(SMALL_BYTES + 1) });
  t.equal((await answerTo(port, toEnvoy)).status, 424);
  t.equal((await answerTo(port, rawRequest({ body: 'small' }))).status, 200);
  arriving.socket.write('x');
  await until(async () => (await answerTo(port, large)).status === 200);
  t.pass('and a body that was read gives its room back');
});

t.test('a body takes no room while its request waits for a verdict', async (t) => {
  const decision = deferred<typeof ALLOW>();
  const { port, seen } = await startListener(t, () => decision.promise, { room: new Room(2 * SMALL_BYTES) });
  const large = rawRequest({ body: 'x'.repeat(SMALL_BYTES + 1) });
  const answers = [1, 2, 3].map(async (count) => {
    await until(() => seen.length === count - 1);
    return answerTo(port, large);
  });
  await until(() => seen.length === 3);
  decision.resolve(ALLOW);
  t.same(
    (await Promise.all(answers)).map(({ status }) => status),
    [200, 200, 200],
  );
});

t.test('a body that breaks off, or is refused, gives its room back', async (t) => {
  const { port } = await startListener(t, undefined, { room: new Room(2 * SMALL_BYTES) });
  for (let i = 0; i < 3; i++) {
    const { socket } = await stubbornPeer(port);
    socket.write(`${rawRequest({ headers: ['content-length: 99999'] })}${'x'.repeat(SMALL_BYTES + 1)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.resetAndDestroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    t.equal((await answerTo(port, rawRequest({ body: 'x'.repeat(SMALL_BYTES + 1) }))).status, 200);
  }
});
