import { constants } from 'node:http2';
import t from 'tap';
import { createGrpcServer, type GrpcServer } from '../../src/grpc/server.js';
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

t.test('a call that crosses with the goodbye is refused at once, not left waiting', async (t) => {
  const { server, port } = await startEcho();
  const session = rawSession(t, port);
  t.equal((await call(session)).trailers['grpc-status'], '0');
  server.drain();
  const crossed = await call(session).catch((error: unknown) => error);
  t.match(crossed, { code: 'ERR_HTTP2_STREAM_ERROR', message: /REFUSED_STREAM/ });
  await server.close();
});
