import { existsSync } from 'node:fs';
import { link, mkdtemp, rm } from 'node:fs/promises';
import { connect, constants } from 'node:http2';
import { connect as connectSocket, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { createGrpcServer, type GrpcServer } from '../../src/grpc/server.js';
import { listenOn } from '../../src/transport/listen.js';
import { callUntilGoodbye } from '../helpers/raw-frames.js';
import { frame, rawSession, rawStream } from '../helpers/raw-grpc.js';

const PATH = '/test.Service/Echo';

/** A server that says what it is told, once `may` resolves. */
async function startEcho(may: Promise<void> = Promise.resolve()) {
  let asked = (): void => undefined;
  const arrived = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const handle = async (message: Uint8Array): Promise<Uint8Array> => {
    asked();
    await may;
    return message;
  };
  const server: GrpcServer = createGrpcServer(new Map([[PATH, { handle, fault: () => new Uint8Array() }]]));
  const port = Number(new URL(await server.listen({ host: '127.0.0.1', port: 0 })).port);
  return { server, port, arrived };
}

function call(session: ReturnType<typeof rawSession>) {
  const { stream, answer } = rawStream(session, { ':path': PATH });
  stream.end(frame(Buffer.from('hello')));
  return answer;
}

t.test('a server that drains answers what has arrived, and whoever connects from then on', async (t) => {
  let go = (): void => undefined;
  const { server, port, arrived } = await startEcho(
    new Promise((resolve) => {
      go = resolve;
    }),
  );
  const before = rawSession(t, port);
  const waiting = call(before);
  await arrived;
  const told = new Promise<number>((resolve) => before.once('goaway', resolve));
  server.drain();
  t.equal(await told, constants.NGHTTP2_NO_ERROR, 'and tells who is connected');
  const later = rawSession(t, port);
  const answers = Promise.all([waiting, call(later)]);
  go();
  for (const { trailers, body } of await answers) {
    t.equal(trailers['grpc-status'], '0');
    t.match(body.toString(), /hello$/);
  }
  later.close();
  await server.close();
});

t.test('no call that crosses with the goodbye is lost', async (t) => {
  for (let round = 0; round < 20; round++) {
    const { server, port, arrived } = await startEcho();
    const calling = callUntilGoodbye(port, PATH);
    await arrived;
    if (round % 2 === 0) server.drain();
    await server.close();
    const { sent, answered, reset, goodbyes } = await calling;
    t.same([answered, reset], [sent, 0], `round ${round}: ${sent} calls`);
    t.same(
      goodbyes.slice(0, 2),
      [2 ** 31 - 1, 2 * sent - 1],
      'first any stream may be the last, then one is',
    );
  }
});

for (const said of ['nothing', 'a preface', 'half a call'] as const) {
  t.test(`a peer that says ${said} does not hold the end`, async (t) => {
    const { server, port } = await startEcho();
    if (said === 'half a call') rawStream(rawSession(t, port), { ':path': PATH });
    else silent(t, port, said === 'nothing' ? '' : 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    await new Promise((resolve) => setTimeout(resolve, 100));
    const before = performance.now();
    await server.close();
    t.ok(performance.now() - before < 5_000);
  });
}

function silent(t: Test, port: number, text: string): void {
  const socket = connectSocket(port, '127.0.0.1', () => socket.write(text));
  socket.on('error', () => undefined);
  t.teardown(() => socket.destroy());
}

t.test('draining is no trouble without peers, twice, or with one that has gone', async (t) => {
  const { server, port } = await startEcho();
  server.drain();
  const session = rawSession(t, port);
  t.equal((await call(session)).trailers['grpc-status'], '0');
  const gone = rawSession(t, port);
  t.equal((await call(gone)).trailers['grpc-status'], '0');
  gone.destroy();
  server.drain();
  server.drain();
  await server.close();
});

t.test('closing waits for calls in flight and for nobody else', async (t) => {
  let go = (): void => undefined;
  const { server, port, arrived } = await startEcho(
    new Promise((resolve) => {
      go = resolve;
    }),
  );
  const idle = rawSession(t, port);
  await new Promise((resolve) => idle.once('remoteSettings', resolve));
  const session = rawSession(t, port);
  const waiting = call(session);
  await arrived;
  let closed = false;
  const closing = server.close().then(() => {
    closed = true;
  });
  await new Promise((resolve) => idle.once('close', resolve));
  t.equal(closed, false, 'not while somebody waits');
  const refused = await new Promise((resolve) => {
    connectSocket(port, '127.0.0.1').on('error', resolve).on('connect', resolve);
  });
  t.match(refused, { code: 'ECONNREFUSED' }, 'and takes nobody new');
  go();
  t.equal((await waiting).trailers['grpc-status'], '0');
  await closing;
});

t.test('a peer that speaks no HTTP/2 ends its own connection only', async (t) => {
  const { server, port } = await startEcho();
  const stranger = connectSocket(port, '127.0.0.1');
  stranger.on('error', () => undefined).resume();
  stranger.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
  await new Promise((resolve) => stranger.once('close', resolve));
  const session = rawSession(t, port);
  t.equal((await call(session)).trailers['grpc-status'], '0');
  session.close();
  await server.close();
});

t.test('a Unix socket serves as well, also over the file of a server that is no more', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'aviso-grpc-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const socket = join(folder, 'grpc.sock');
  await leaveBehind(socket, join(folder, 'before.sock'));
  const echo = () =>
    createGrpcServer(new Map([[PATH, { handle: async (m) => m, fault: () => new Uint8Array() }]]));
  const server = echo();
  t.equal(await listenOn(server, { socket }), socket);
  const session = connect('http://localhost', { createConnection: () => connectSocket(socket) });
  session.on('error', () => undefined);
  t.match((await call(session)).body.toString(), /hello$/);
  await t.rejects(listenOn(echo(), { socket }), { code: 'EADDRINUSE' }, 'one in use is not taken away');
  t.match((await call(session)).body.toString(), /hello$/);
  session.close();
  await server.close();
  t.equal(existsSync(socket), false);
});

/** Node removes the path that it bound, so a second name of the socket is what a killed process leaves. */
async function leaveBehind(path: string, bound: string): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(bound, resolve));
  await link(bound, path);
  await new Promise((resolve) => server.close(resolve));
}

t.test('a port in use is Node’s error', async (t) => {
  const { server, port } = await startEcho();
  const other = createGrpcServer(new Map());
  await t.rejects(other.listen({ host: '127.0.0.1', port }), { code: 'EADDRINUSE' });
  await server.close();
});
