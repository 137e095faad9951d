import t from 'tap';
import { HEALTH, startGrpc } from '../../helpers/grpc.js';
import { frame, rawSession, rawStream } from '../../helpers/raw-grpc.js';

/** The bytes of a `HealthCheckRequest` for a service, written by hand. */
const asking = (service: string): Buffer =>
  service === '' ? Buffer.alloc(0) : Buffer.from(`\x0a${String.fromCharCode(service.length)}${service}`);
/** The bytes of a `HealthCheckResponse`. */
const SERVING = Buffer.of(8, 1);
const NOT_SERVING = Buffer.of(8, 2);
const SERVICES = ['', 'envoy.service.auth.v3.Authorization'];

t.test('the server and the service are SERVING exactly while traffic is wanted', async (t) => {
  let ready = false;
  const { call, seen } = await startGrpc(t, undefined, { isReady: () => ready });
  for (const wanted of [false, true, false]) {
    ready = wanted;
    for (const service of SERVICES) {
      t.same(await call(HEALTH, asking(service)), { status: 0, message: wanted ? SERVING : NOT_SERVING });
    }
  }
  t.same(seen, []);
});

t.test('a service that is not here is NOT_FOUND, ready or not', async (t) => {
  for (const isReady of [() => true, () => false]) {
    const { call } = await startGrpc(t, undefined, { isReady });
    const strangers = [
      'grpc.health.v1.Health',
      'envoy.service.auth.v2.Authorization',
      'x',
      'envoy.service.auth.v3.authorization',
    ];
    for (const service of strangers) {
      t.same(await call(HEALTH, asking(service)), { status: 5, message: null }, service);
    }
  }
});

t.test('what is not served is UNIMPLEMENTED', async (t) => {
  const { call } = await startGrpc(t);
  for (const method of ['Watch', 'List', 'check']) {
    t.same(await call(HEALTH.replace('Check', method), asking('')), { status: 12, message: null }, method);
  }
});

t.test('a message that cannot be read is INVALID_ARGUMENT', async (t) => {
  const { call, port } = await startGrpc(t);
  for (const bytes of [Buffer.of(0x0a, 0x7f), Buffer.of(0xff), Buffer.from('{"service":""}')]) {
    t.same(await call(HEALTH, bytes), { status: 3, message: null });
  }
  for (const bytes of [
    Buffer.alloc(0),
    frame(asking(''), 1),
    Buffer.concat([frame(asking('')), frame(asking(''))]),
  ]) {
    const { stream, answer } = rawStream(rawSession(t, port), { ':path': HEALTH });
    stream.end(bytes);
    const { headers, body } = await answer;
    t.same([headers['grpc-status'], body.length], ['3', 0]);
  }
});

t.test('a readiness that cannot be told is a failed call, not SERVING', async (t) => {
  const { call } = await startGrpc(t, undefined, {
    isReady: () => {
      throw new Error('a bug');
    },
  });
  t.same(await call(HEALTH, asking('')), { status: 13, message: null });
});
