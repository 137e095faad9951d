import { Client, credentials } from '@grpc/grpc-js';
import t, { type Test } from 'tap';
import { type AppOptions, startApp } from './helpers/app.js';
import { bodyFor } from './helpers/authz.js';
import { active, startEcpds } from './helpers/ecpds.js';
import { CHECK, callOnce, checkMessage, verdictIn } from './helpers/grpc.js';
import { refusedUrl } from './helpers/http-server.js';
import { type OtlpReceiver, type ReceivedSpan, startOtlp } from './helpers/otlp.js';
import { bearer } from './helpers/tokens.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const SAMPLED = `00-${TRACE}-${SPAN}-01`;
const SERVER = 2;
const CLIENT = 3;

interface Options extends Omit<AppOptions, 'ecpds'> {
  readonly otlp?: OtlpReceiver;
  readonly tracing?: unknown;
}

async function world(t: Test, { otlp, tracing, ...options }: Options = {}) {
  const ecpds = await startEcpds({ alice: active('CIP'), bob: active('BAR') });
  const settings = tracing === undefined && otlp !== undefined ? { endpoint: otlp.url } : (tracing ?? null);
  const sidecar = { grpc: { port: 0 }, tracing: settings, ...options.sidecar };
  const app = await startApp({ ...options, ecpds: [ecpds], sidecar });
  let isClosed = false;
  const stop = async () => {
    if (isClosed) return;
    isClosed = true;
    await app.close();
  };
  t.teardown(async () => {
    await stop();
    await ecpds.close();
  });
  const ask = async (path: string, headers: Record<string, string>, username = 'alice') => {
    const response = await fetch(`http://127.0.0.1:${app.httpPort}${path}`, {
      method: 'POST',
      headers: { authorization: bearer({ username }), ...headers },
      body: Buffer.from(bodyFor('dissemination', 'CIP')),
    });
    await response.arrayBuffer();
    return response.status;
  };
  return { app, ecpds, ask, stop };
}

async function receiver(t: Test): Promise<OtlpReceiver> {
  const otlp = await startOtlp();
  t.teardown(otlp.close);
  return otlp;
}

const ofKind = (spans: readonly ReceivedSpan[], kind: number) => spans.filter((span) => span.kind === kind);

async function askGrpc(port: number, headers: readonly (readonly [string, string])[]): Promise<boolean> {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  const authorization = ['authorization', bearer({ username: 'alice' })] as const;
  const rawBody = bodyFor('dissemination', 'CIP');
  const message = checkMessage({ headers: [authorization, ...headers], rawBody });
  const { message: answer } = await callOnce(client, CHECK, message);
  client.close();
  return verdictIn(answer).allowed;
}

for (const transport of ['http', 'envoy_http', 'envoy_grpc'] as const) {
  t.test(`over ${transport} an incoming trace goes on to ECPDS, through two spans`, async (t) => {
    const otlp = await receiver(t);
    const { app, ecpds, ask, stop } = await world(t, { otlp });
    const headers = { traceparent: SAMPLED, tracestate: 'vendor=1', 'x-request-id': 'r-1' };
    if (transport === 'envoy_grpc') t.ok(await askGrpc(app.grpcPort, Object.entries(headers)));
    else t.equal(await ask(`${transport === 'http' ? '' : '/envoy'}/api/v1/watch`, headers), 200);
    await stop();

    const [decision, ...otherDecisions] = ofKind(otlp.spans, SERVER);
    const [call, ...otherCalls] = ofKind(otlp.spans, CLIENT);
    t.same([...otherDecisions, ...otherCalls], []);
    t.match(decision, {
      name: 'authorize watch',
      traceId: TRACE,
      parentSpanId: SPAN,
      traceState: 'vendor=1',
      status: 0,
      attributes: {
        'aviso.transport': transport,
        'aviso.request_id': 'r-1',
        'aviso.outcome': 'allow',
        'aviso.event_type': 'dissemination',
        'aviso.cache_outcome': 'miss_fetched',
        'http.request.method': 'POST',
        'http.route': '/api/v1/watch',
        'http.response.status_code': 200,
      },
    });
    t.match(call, {
      name: 'GET /ecpds/v1/destination/list',
      traceId: TRACE,
      parentSpanId: decision?.spanId,
      attributes: {
        'server.address': '127.0.0.1',
        'server.port': Number(new URL(ecpds.url).port),
        'http.response.status_code': 200,
        'aviso.ecpds.server_index': 0,
      },
    });
    t.match(ecpds.headers, [{ traceparent: `00-${TRACE}-${call?.spanId}-01`, tracestate: 'vendor=1' }]);
    t.match(otlp.resource, { 'service.name': 'aviso-ecpds-authz', 'service.version': /^\d/ });
    t.match(
      app.events.filter(({ event_name }) => event_name === 'auth.ecpds.check.allowed'),
      [{ trace_id: TRACE, request_id: 'r-1' }],
    );
    const all = otlp.bodies.join('');
    for (const secret of ['alice', 'Bearer', 'Basic', 'ecpds-service-password', 'CIP', '?id='])
      t.notOk(all.includes(secret), `no ${secret} leaves`);
  });
}

t.test('off by default: nothing is sent, forwarded, or added to an event', async (t) => {
  const { app, ecpds, ask } = await world(t);
  t.equal(await ask('/api/v1/watch', { traceparent: SAMPLED, tracestate: 'vendor=1' }), 200);
  t.notOk(ecpds.headers.some((headers) => 'traceparent' in headers || 'tracestate' in headers));
  t.same(
    Object.keys(ecpds.headers[0] ?? {}).sort(),
    [
      'accept',
      'accept-encoding',

      'authorization',
      'connection',
      'host',

      'user-agent',
    ],
    'the call is what it always was',
  );
  t.notOk(app.events.some((event) => 'trace_id' in event));
});

t.test('what is no traceparent begins a trace of its own', async (t) => {
  const otlp = await receiver(t);
  const { ask, ecpds, stop } = await world(t, { otlp });
  const hostile = [
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    SAMPLED.toUpperCase(),
    `${SAMPLED}-x`,
    `${SAMPLED},${SAMPLED}`,
    'x'.repeat(10_000),
    '',
  ];
  for (const [i, traceparent] of hostile.entries())
    t.equal(await ask('/api/v1/watch', { traceparent, tracestate: 'vendor=1' }, `user${i}`), 403);
  await stop();
  const decisions = ofKind(otlp.spans, SERVER);
  t.equal(decisions.length, hostile.length);
  t.ok(decisions.every(({ parentSpanId, traceId }) => parentSpanId === undefined && traceId !== TRACE));
  t.equal(new Set(decisions.map(({ traceId }) => traceId)).size, hostile.length);
  t.ok(
    ecpds.headers.every((headers) =>
      /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/.test(String(headers['traceparent'])),
    ),
  );
  t.notOk(
    ecpds.headers.some((headers) => 'tracestate' in headers),
    'a state without a parent is none',
  );
});

t.test('the sampled flag of the caller decides, and without a caller the ratio', async (t) => {
  const otlp = await receiver(t);
  const { ask, ecpds, stop, app } = await world(t, { tracing: { endpoint: otlp.url, sample_ratio: 0 } });
  t.equal(await ask('/api/v1/watch', { traceparent: SAMPLED }), 200);
  const off = `00-${'a'.repeat(32)}-${SPAN}-00`;
  t.equal(await ask('/api/v1/watch', { traceparent: off }, 'bob'), 403);
  t.equal(await ask('/api/v1/watch', {}, 'carol'), 403);
  await stop();
  t.same([...new Set(otlp.spans.map(({ traceId }) => traceId))], [TRACE]);
  t.match(ecpds.headers[1]?.['traceparent'], /^00-a{32}-[0-9a-f]{16}-00$/, 'and ECPDS is told');
  const denied = app.events.filter(({ event_name }) => event_name === 'auth.ecpds.check.denied');
  t.match(denied, [{ trace_id: 'a'.repeat(32) }, { trace_id: /^[0-9a-f]{32}$/ }], 'for joining other logs');
});

t.test('each kind of decision has its span, with no text of a client in it', async (t) => {
  const otlp = await receiver(t);
  const { ask, ecpds, stop, app } = await world(t, { otlp });
  ecpds.fault = { kind: 'status', status: 500 };
  t.equal(await ask('/api/v1/replay', {}), 503);
  t.equal(await ask('/api/v1/watch', { authorization: 'Bearer forged' }), 401);
  t.equal(await ask('/api/v1/notification', {}), 200);
  t.equal(await ask('/evil/<script>', {}), 404);
  const large = await fetch(`http://127.0.0.1:${app.httpPort}/api/v1/watch`, {
    method: 'POST',
    headers: { traceparent: SAMPLED },
    body: Buffer.alloc(300_000),
  });
  t.equal(large.status, 413);
  await stop();
  const told = ofKind(otlp.spans, SERVER).map(({ name, status, attributes }) => [
    name,
    attributes['aviso.outcome'],
    attributes['http.response.status_code'],
    attributes['error.type'],
    status,
  ]);
  t.same(told, [
    ['authorize replay', 'unavailable', 503, 'http_5xx', 2],
    ['authorize watch', 'unauthorized', 401, undefined, 0],
    ['authorize', 'not_gated', 200, undefined, 0],
    ['authorize', 'not_found', 404, undefined, 0],
    ['authorize watch', 'payload_too_large', 413, undefined, 0],
  ]);
  t.match(ofKind(otlp.spans, CLIENT), [
    { status: 2, attributes: { 'error.type': 'http_5xx', 'http.response.status_code': 500 } },
  ]);
  t.match(ofKind(otlp.spans, SERVER).at(-1), { traceId: TRACE, parentSpanId: SPAN });
  t.notMatch(otlp.bodies.join(''), /script|forged/);
});

t.test('who waits for the fetch of another is linked to it', async (t) => {
  const otlp = await receiver(t);
  const { ask, ecpds, stop } = await world(t, { otlp });
  ecpds.delayMs = 200;
  t.same(
    await Promise.all([ask('/api/v1/watch', {}), ask('/api/v1/watch', {}), ask('/api/v1/watch', {})]),
    [200, 200, 200],
  );
  await stop();
  const decisions = ofKind(otlp.spans, SERVER);
  const fetched = decisions.find(({ attributes }) => attributes['aviso.cache_outcome'] === 'miss_fetched');
  const waited = decisions.filter(({ attributes }) => attributes['aviso.cache_outcome'] === 'miss_coalesced');
  t.equal(waited.length, 2);
  for (const { links } of waited) t.match(links, [{ traceId: fetched?.traceId, spanId: fetched?.spanId }]);
  t.same(fetched?.links, []);
  t.equal(ofKind(otlp.spans, CLIENT).length, 1);
});

t.test('what no request waits for is in no trace: a refresh behind a hit, a recheck', async (t) => {
  const otlp = await receiver(t);
  const protections = { refresh_ahead: { after_ratio: 0.1 } };
  const { app, ask, ecpds, stop } = await world(t, { otlp, sidecar: { protections } });
  t.equal(await ask('/api/v1/watch', {}), 200);
  app.clock.advance(100_000);
  t.equal(await ask('/api/v1/watch', {}), 200);
  await fetch(`${app.admin}/recheck`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', traceparent: SAMPLED },
    body: JSON.stringify([{ username: 'bob', destination: 'CIP' }]),
  });
  t.same(ecpds.asked, ['alice', 'alice', 'bob']);
  await stop();
  t.same(
    ecpds.headers.map((headers) => 'traceparent' in headers),
    [true, false, false],
  );
  t.equal(ofKind(otlp.spans, CLIENT).length, 1);
  t.equal(ofKind(otlp.spans, SERVER).length, 2);
});

t.test('a receiver that is down, refuses or hangs changes no decision and holds up no stop', async (t) => {
  const hanging = await receiver(t);
  hanging.answer = 'hang';
  const refusing = await receiver(t);
  refusing.answer = 400;
  for (const [name, endpoint] of [
    ['down', await refusedUrl()],
    ['refusing', refusing.url],
    ['hanging', hanging.url],
  ] as const) {
    const { app, ask, stop } = await world(t, { tracing: { endpoint } });
    const statuses: number[] = [];
    // More spans than find room in the queue.
    const client = async (): Promise<void> => {
      while (statuses.length < 2500) statuses.push(await ask('/api/v1/watch', {}));
    };
    await Promise.all(Array.from({ length: 16 }, client));
    t.ok(
      statuses.every((status) => status === 200),
      name,
    );
    const startedAt = performance.now();
    await stop();
    t.ok(performance.now() - startedAt < 4000, `${name}: stopped in time`);
    const warnings = app.events.filter(({ event_name }) => String(event_name).startsWith('tracing.'));
    t.ok(warnings.length <= 1, `${name}: ${warnings.length} warnings`);
    if (name === 'refusing') t.match(warnings, [{ level: 'warn', error: 'HTTP 400' }]);
  }
});
