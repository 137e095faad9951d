import { connect as connectSession } from 'node:http2';
import t, { type Test } from 'tap';
import { createGrpcServer, type GrpcServerOptions } from '../../src/grpc/server.js';
import { Room, SMALL_BYTES } from '../../src/net/collector.js';
import { CHECK, checkMessage, startGrpc, verdictIn } from '../helpers/grpc.js';
import { frame, rawSession, rawStream } from '../helpers/raw-grpc.js';
import { closedByPeer, stubbornPeer } from '../helpers/stubborn-peer.js';

const LIMITS = { receiveMs: 200, untakenMs: 200, lingerMs: 100, lookMs: 50 };
const PATH = '/test.Service/Echo';
const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
const SETTINGS = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);

async function startEcho(t: Test, options: GrpcServerOptions, answer = (message: Uint8Array) => message) {
  const method = { handle: async (message: Uint8Array) => answer(message), fault: () => new Uint8Array() };
  const server = createGrpcServer(new Map([[PATH, method]]), options);
  const port = Number(new URL(await server.listen({ host: '127.0.0.1', port: 0 })).port);
  t.teardown(() => server.close());
  return port;
}

for (const [what, bytes] of [
  ['sends nothing', ''],
  ['sends half a greeting', PREFACE.slice(0, 10)],
  ['greets, and says nothing more', PREFACE],
] as const) {
  t.test(`a peer that ${what} is closed`, async (t) => {
    const { socket, ended } = await stubbornPeer(await startEcho(t, { limits: LIMITS }));
    socket.write(bytes);
    await ended;
    await closedByPeer(socket);
  });
}

t.test('a peer that has begun to speak HTTP/2 may be silent, as Envoy between two checks', async (t) => {
  const session = rawSession(t, await startEcho(t, { limits: LIMITS }));
  await new Promise((resolve) => setTimeout(resolve, 600));
  const { stream, answer } = rawStream(session, { ':path': PATH });
  stream.end(frame(Buffer.from('hello')));
  t.match((await answer).body.toString(), /hello$/);
  session.close();
});

t.test('a peer that reads nothing is closed', async (t) => {
  const { socket } = await stubbornPeer(await startEcho(t, { limits: LIMITS }));
  socket.pause();
  socket.write(Buffer.concat([Buffer.from(PREFACE), SETTINGS]));
  const ping = Buffer.from([0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8]);
  await closedByPeer(socket, Buffer.concat(Array.from({ length: 5000 }, () => ping)));
  t.equal(socket.destroyed, true);
});

t.test('a call whose answer is not taken is ended, and the next is served', async (t) => {
  const port = await startEcho(t, { limits: LIMITS }, () => Buffer.alloc(1000));
  const session = connectSession(`http://127.0.0.1:${port}`, { settings: { initialWindowSize: 10 } });
  session.on('error', () => undefined);
  const stream = session.request({ ':method': 'POST', ':path': PATH, 'content-type': 'application/grpc' });
  stream.on('error', () => undefined);
  stream.pause();
  stream.end(frame(Buffer.from('hello')));
  await new Promise((resolve) => stream.once('close', resolve));
  t.not(stream.rstCode, 0);
  session.destroy();
});

t.test('a large message for which there is no room is 503, and a small one is served', async (t) => {
  const { port, refused } = await startGrpc(t, undefined, { room: new Room(2 * SMALL_BYTES) });
  const session = rawSession(t, port);
  const large = frame(checkMessage({ rawBody: Buffer.alloc(SMALL_BYTES) }));
  const held = rawStream(session, { ':path': CHECK });
  held.stream.write(large.subarray(0, SMALL_BYTES + 2));
  await new Promise((resolve) => session.ping(resolve));
  const second = rawStream(session, { ':path': CHECK });
  second.stream.end(large);
  t.match(verdictIn((await second.answer).body.subarray(5)), { allowed: false, http: 503 });
  t.match(refused, [{ code: 'OVERLOADED' }]);
  const small = rawStream(session, { ':path': CHECK });
  small.stream.end(frame(checkMessage()));
  t.equal(verdictIn((await small.answer).body.subarray(5)).allowed, true);
  held.stream.close(8);
  await held.answer.catch(() => undefined);
  await new Promise((resolve) => session.ping(resolve));
  const third = rawStream(session, { ':path': CHECK });
  third.stream.end(large);
  t.equal(
    verdictIn((await third.answer).body.subarray(5)).allowed,
    true,
    'a broken call gives its room back',
  );
});
