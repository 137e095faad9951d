import { EventEmitter, once } from 'node:events';
import { connect, createServer, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import { createGrpcServer } from '../../src/grpc/server.js';
import type { CallFault } from '../../src/grpc/unary.js';
import { PEER_LIMITS } from '../../src/net/peer-limits.js';
import type { GrpcListenerOptions } from '../../src/transport/grpc-listener.js';
import { deferred } from '../helpers/deferred.js';
import { CHECK, checkMessage, startGrpc, verdictIn } from '../helpers/grpc.js';
import { frame, type RawAnswer, rawSession, rawStream } from '../helpers/raw-grpc.js';
import { until } from '../helpers/until.js';

const MESSAGE = checkMessage();
const verdictOf = ({ body }: RawAnswer) => verdictIn(body.subarray(5));

t.test('an answer is one message, and its status is in the trailers', async (t) => {
  const { port } = await startGrpc(t);
  const { stream, answer } = rawStream(rawSession(t, port), { ':path': CHECK });
  stream.end(frame(MESSAGE));
  const { headers, body, trailers, rstCode } = await answer;
  t.match(headers, { ':status': 200, 'content-type': 'application/grpc' });
  t.equal(body.readUInt32BE(1), body.length - 5);
  t.match(trailers, { 'grpc-status': '0' });
  t.equal(rstCode, 0);
});

t.test('a message that arrives byte by byte is the same message', async (t) => {
  const { port, seen } = await startGrpc(t);
  const { stream, answer } = rawStream(rawSession(t, port), { ':path': CHECK });
  for (const byte of frame(MESSAGE)) stream.write(Buffer.of(byte));
  stream.end();
  t.equal(verdictOf(await answer).allowed, true);
  t.equal(seen.length, 1);
});

const FRAMINGS: readonly (readonly [string, Buffer, number])[] = [
  ['nothing', Buffer.alloc(0), 400],
  ['half a prefix', frame(MESSAGE).subarray(0, 3), 400],
  ['less than the prefix says', frame(MESSAGE, 0, MESSAGE.length + 1), 400],
  ['more than the prefix says', frame(MESSAGE, 0, MESSAGE.length - 1), 400],
  ['two messages', Buffer.concat([frame(MESSAGE), frame(MESSAGE)]), 400],
  ['a compressed message', frame(MESSAGE, 1), 415],
  ['an unknown flag', frame(MESSAGE, 2), 415],
  ['a length of 4 GiB', frame(MESSAGE, 0, 0xffffffff), 413],
];

for (const [name, bytes, status] of FRAMINGS) {
  t.test(`${name} is refused with ${status} and never asked about`, async (t) => {
    const { port, seen, refused } = await startGrpc(t);
    const { stream, answer } = rawStream(rawSession(t, port), { ':path': CHECK });
    stream.end(bytes);
    t.match(verdictOf(await answer), { allowed: false, kind: 'deniedResponse', http: status });
    t.same([seen.length, refused.length], [0, 1]);
  });
}

t.test('a sender of more than may be is answered before it is through', async (t) => {
  const { port, seen } = await startGrpc(t);
  const session = rawSession(t, port);
  const { stream, answer } = rawStream(session, { ':path': CHECK });
  stream.write(frame(Buffer.alloc(4 * 1024 * 1024 + 1)));
  const early = await answer;
  t.match(verdictOf(early), { allowed: false, http: 413 });
  t.match(early.trailers, { 'grpc-status': '0' }, 'whole, or a proxy takes it for none');
  await until(() => session.closed);
  const next = rawStream(rawSession(t, port), { ':path': CHECK });
  next.stream.end(frame(MESSAGE));
  t.equal(verdictOf(await next.answer).allowed, true, 'the connection ends, the server lives on');
  t.equal(seen.length, 1);
});

t.test('what is no call of ours is refused without a message', async (t) => {
  const { port, seen } = await startGrpc(t);
  const session = rawSession(t, port);
  const told = async (headers: Record<string, string>) => {
    const { stream, answer } = rawStream(session, headers);
    stream.end(frame(MESSAGE));
    const { headers: received, body } = await answer;
    return [received[':status'], received['grpc-status'], body.length];
  };
  for (const path of ['/', '/metrics', '/api/v1/watch', `${CHECK}/`, CHECK.toLowerCase()]) {
    t.same(await told({ ':path': path }), [200, '12', 0], path);
  }
  t.same(await told({ ':path': CHECK, ':method': 'GET' }), [415, undefined, 0]);
  t.same(await told({ ':path': CHECK, 'content-type': 'application/json' }), [415, undefined, 0]);
  t.same(await told({ ':path': CHECK, 'content-type': 'application/grpc-web' }), [415, undefined, 0]);
  t.same(seen, []);
});

t.test('content types of gRPC with a suffix are gRPC', async (t) => {
  const { port } = await startGrpc(t);
  for (const type of ['application/grpc+proto', 'application/grpc;charset=utf-8']) {
    const { stream, answer } = rawStream(rawSession(t, port), { ':path': CHECK, 'content-type': type });
    stream.end(frame(MESSAGE));
    t.equal(verdictOf(await answer).allowed, true);
  }
});

t.test(
  'a stream that is reset in the middle, and a connection that breaks, disturb nobody else',
  async (t) => {
    const { port, seen, refused } = await startGrpc(t);
    const session = rawSession(t, port);
    const reset = rawStream(session, { ':path': CHECK });
    reset.stream.write(frame(MESSAGE).subarray(0, 10));
    reset.stream.close(8);
    await reset.answer.catch(() => undefined);
    const broken = rawSession(t, port);
    const torn = rawStream(broken, { ':path': CHECK });
    torn.stream.write(frame(MESSAGE).subarray(0, 10));
    await new Promise((resolve) => broken.ping(resolve));
    broken.destroy();
    await torn.answer.catch(() => undefined);
    const { stream, answer } = rawStream(session, { ':path': CHECK });
    stream.end(frame(MESSAGE));
    t.equal(verdictOf(await answer).allowed, true);
    t.same([seen.length, refused.length], [1, 0]);
  },
);

t.test('who sends too much again and again is answered each time, and its connection ends', async (t) => {
  const { port, seen } = await startGrpc(t);
  const huge = frame(Buffer.alloc(4 * 1024 * 1024 + 1));
  for (let i = 0; i < 40; i++) {
    const session = rawSession(t, port);
    const { stream, answer } = rawStream(session, { ':path': CHECK });
    stream.end(huge);
    t.match(verdictOf(await answer), { allowed: false, http: 413 });
    await until(() => session.closed || session.destroyed);
  }
  const { stream, answer } = rawStream(rawSession(t, port), { ':path': CHECK });
  stream.end(frame(MESSAGE));
  t.equal(verdictOf(await answer).allowed, true);
  t.equal(seen.length, 1);
});

const fails = (): never => {
  throw new Error('a bug');
};

t.test('a bug that can still be recorded is answered with 500', async (t) => {
  const unknown = { kind: 'unauthenticated', message: 'm' } as const;
  const bugs: readonly Partial<GrpcListenerOptions>[] = [
    { decide: fails },
    { now: fails },
    { challenges: fails, decide: async () => unknown },
  ];
  for (const options of bugs) {
    const { port, refused } = await startGrpc(t, undefined, options);
    const { stream, answer } = rawStream(rawSession(t, port), { ':path': CHECK });
    stream.end(frame(MESSAGE));
    t.match(verdictOf(await answer), { allowed: false, http: 500 });
    t.match(refused, [{ kind: 'error' }]);
  }
});

t.test('a bug of any part of ours fails that call, and the server lives on', async (t) => {
  const bugs: readonly (readonly [string, Partial<GrpcListenerOptions>, Buffer])[] = [
    ['a core and a record that throw', { decide: fails, refuse: fails }, frame(MESSAGE)],
    ['a record that throws', { refuse: fails }, frame(Buffer.from('{'))],
    ['a record that throws of a call without a message', { refuse: fails }, frame(MESSAGE, 1)],
    [
      'a record that throws of a call that is too large',
      { refuse: fails },
      frame(Buffer.alloc(4 * 1024 * 1024 + 1)),
    ],
  ];
  for (const [name, options, bytes] of bugs) {
    const { port } = await startGrpc(t, undefined, options);
    for (let i = 0; i < 2; i++) {
      const { stream, answer } = rawStream(rawSession(t, port), { ':path': CHECK });
      stream.end(bytes);
      const { headers, body } = await answer;
      t.same([headers['grpc-status'], body.length], ['13', 0], name);
    }
  }
});

t.test(
  'a message that does not arrive in time is a fault, and the judging of one may take longer',
  async (t) => {
    const verdict = deferred<Uint8Array>();
    const faults: CallFault[] = [];
    const method = {
      handle: () => verdict.promise,
      fault: (fault: CallFault) => {
        faults.push(fault);
        return Buffer.from('too late');
      },
    };
    const server = createGrpcServer(new Map([[CHECK, method]]), {
      limits: { ...PEER_LIMITS, receiveMs: 20 },
    });
    const port = Number(new URL(await server.listen({ host: '127.0.0.1', port: 0 })).port);
    const session = rawSession(t, port);
    t.teardown(() => server.close());
    const whole = rawStream(session, { ':path': CHECK });
    whole.stream.end(frame(MESSAGE));
    for (const sent of [Buffer.alloc(0), frame(MESSAGE).subarray(0, 3), frame(MESSAGE)]) {
      const slow = rawStream(session, { ':path': CHECK });
      if (sent.length > 0) slow.stream.write(sent);
      const { body, trailers, rstCode } = await slow.answer;
      t.same([trailers['grpc-status'], rstCode], ['0', 0]);
      t.match(body.toString(), /too late$/, 'its end counts, too');
    }
    t.same(faults, ['too_slow', 'too_slow', 'too_slow']);
    verdict.resolve(Buffer.from('in time'));
    t.match((await whole.answer).body.toString(), /in time$/);
    t.equal(faults.length, 3);
    session.destroy();
  },
);

t.test('a message that ends twice is one, and an answer that cannot be sent ends the stream', async (t) => {
  const { port, seen } = await startGrpc(t);
  const send = async () => {
    const { stream, answer } = rawStream(rawSession(t, port), { ':path': CHECK });
    stream.end(frame(MESSAGE));
    return answer;
  };
  const { prototype, restore } = await serverStream();
  t.teardown(restore);
  const value = function (this: ServerHttp2Stream, ...args: readonly unknown[]): boolean {
    if (args[0] === 'end') Reflect.apply(EMIT, this, args);
    return Reflect.apply(EMIT, this, args);
  };
  Object.defineProperty(prototype, 'emit', { value, configurable: true });
  t.equal(verdictOf(await send()).allowed, true);
  t.equal(seen.length, 1);
  restore();
  prototype.respond = () => {
    throw new Error('a bug');
  };
  const startedAt = performance.now();
  const { body, rstCode } = await send().catch((error: NodeJS.ErrnoException) => ({
    body: Buffer.alloc(0),
    rstCode: error.code === 'ERR_HTTP2_STREAM_ERROR' ? 2 : -1,
  }));
  t.same([body.length, rstCode], [0, 2], 'INTERNAL_ERROR');
  t.ok(performance.now() - startedAt < 5_000);
});

const EMIT = EventEmitter.prototype.emit;

/** What every stream of a server inherits from, which Node keeps to itself. */
async function serverStream() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const asked = client.request();
  const [stream] = await once(server, 'stream');
  const prototype: ServerHttp2Stream = Object.getPrototypeOf(stream);
  const own = Object.getOwnPropertyDescriptors(prototype);
  stream.respond({}, { endStream: true });
  asked.resume();
  client.close();
  await once(client, 'close');
  server.close();
  const restore = (): void => {
    for (const name of ['emit', 'respond'] as const) {
      Reflect.deleteProperty(prototype, name);
      if (own[name] !== undefined) Object.defineProperty(prototype, name, own[name]);
    }
  };
  return { prototype, restore };
}
