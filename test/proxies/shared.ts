import { gzipSync } from 'node:zlib';
import type { TAP } from 'tap';
import { refusalBody } from './authorizer.js';
import { type Bench, type BenchOptions, type Front, startBench } from './bench.js';
import { type Answer, bearer, becomes, events, open, sendRaw, WATCH } from './client.js';

/** Where the shipped configurations differ, each for a reason of its own. */
export interface ProxyTraits {
  readonly front: Front;
  /** What the path of a check starts with: over HTTP the authorizer speaks to Envoy in statuses of its own. */
  readonly prefix: string;
  /** The statuses in which 503 and 500 travel from the authorizer to the proxy. */
  readonly carriers: { readonly unavailable: number; readonly error: number };
  /** Markers that make the authorizer say nothing that could be a verdict. */
  readonly noVerdicts: readonly string[];
  /** The length of the client's body is among the headers of a check. */
  readonly statesLength: boolean;
  /** What a client gets whose upload stalls. */
  readonly stalled: RegExp;
  /** Path forms and what becomes of them. */
  readonly paths: readonly PathCase[];
}

/** `checked` goes to the authorizer and then to the gateway, on the plain path; a status is the proxy's own answer. */
export type PathCase = readonly [path: string, becomes: 'checked' | 400 | 404];

const LIMIT = 262_144;
const REFUSED_STATUSES = [400, 401, 403, 404, 413, 415] as const;
/** What an authorizer can fail to say over HTTP. */
export const NO_HTTP_VERDICTS = [
  'refuse-204',
  'refuse-302',
  'html-502',
  'html-503',
  'reset',
  'not-http',
  'hang',
] as const;

/** Every behaviour that all shipped configurations owe their clients. */
export function allProxies(t: TAP, traits: ProxyTraits): void {
  allowing(t, traits);
  spoofing(t, traits);
  refusing(t, traits);
  failing(t, traits);
  limits(t, traits);
  routing(t, traits);
  streaming(t, traits);
}

function allowing(t: TAP, { front, prefix, statesLength }: ProxyTraits): void {
  t.test('an allowed request reaches the gateway byte for byte, with the names from the check', async (t) => {
    const bench = await startBench(t, front);
    const body = Buffer.from([0, 255, 128, 10, 13, 0xc3, 0x28]);
    for (const path of [WATCH, '/api/v1/replay']) {
      bench.forget();
      const answer = await bench.send({ path, body, headers: bearer('allow') });
      t.equal(answer.status, 200);
      t.match(answer.headers, { 'content-type': 'text/event-stream' });
      const [check] = bench.authorizer.requests;
      const [served] = bench.gateway.requests;
      t.match(check, { method: 'POST', url: `${prefix}${path}`, headers: bearer('allow') });
      t.match(served, { method: 'POST', url: path, headers: bearer('allow') });
      t.match(served?.headers, { 'x-aviso-user': 'alice', 'x-aviso-realm': 'ecmwf' });
      t.same([check?.body, served?.body], [body, body]);
    }
  });

  t.test('a query changes nothing about the check', async (t) => {
    const bench = await startBench(t, front);
    t.equal((await bench.send({ path: `${WATCH}?event_type=other` })).status, 200);
    t.match(bench.authorizer.requests[0]?.url, new RegExp(`^${prefix}${WATCH}(\\?|$)`));
    t.match(bench.gateway.requests[0]?.url, new RegExp(`^${WATCH}(\\?|$)`));
  });

  t.test('a token from the authorizer goes to the gateway in place of the client’s', async (t) => {
    const bench = await startBench(t, front);
    await bench.send({ headers: bearer('allow-swap') });
    t.equal(bench.gateway.requests[0]?.headers.authorization, 'Bearer swapped');
  });

  t.test('the check and the gateway see one request id, the client’s or one of the proxy’s', async (t) => {
    const bench = await startBench(t, front);
    for (const own of [{}, { 'x-request-id': 'from-the-client.1' }]) {
      bench.forget();
      await bench.send({ headers: own });
      const [check, served] = [bench.authorizer.requests[0], bench.gateway.requests[0]];
      t.match(check?.headers, { 'x-request-id': own['x-request-id'] ?? /^[0-9a-f-]{32,36}$/ });
      t.equal(served?.headers['x-request-id'], check?.headers['x-request-id']);
    }
  });

  t.test('the check belongs to the client’s trace', async (t) => {
    const bench = await startBench(t, front);
    const trace = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, tracestate: 'vendor=1' };
    await bench.send({ headers: trace });
    t.match(bench.authorizer.requests[0]?.headers, trace);
  });

  t.test('a body without a length is checked and served like any other', async (t) => {
    const bench = await startBench(t, front);
    await bench.send({ body: '{"a":1}', chunked: true });
    const [check] = bench.authorizer.requests;
    t.equal(check?.headers['content-length'], statesLength ? '7' : undefined);
    t.equal(check?.body.toString(), '{"a":1}');
    t.equal(bench.gateway.requests[0]?.body.toString(), '{"a":1}');
  });
}

function spoofing(t: TAP, { front }: ProxyTraits): void {
  t.test('names that a client gives itself reach neither the authorizer nor the gateway', async (t) => {
    const bench = await startBench(t, front);
    const forged = {
      'X-Aviso-User': ['mallory', 'eve'],
      'x-aviso-realm': 'evil',
      'X-AVISO-DECISION': 'allow',
      x_aviso_user: 'mallory',
    };
    await bench.send({ headers: forged });
    await bench.send({ path: '/api/v1/notification', headers: forged });
    t.equal(bench.authorizer.requests.length, 1);
    t.equal(bench.gateway.requests.length, 2);
    for (const { rawHeaders } of [...bench.authorizer.requests, ...bench.gateway.requests]) {
      t.notMatch(rawHeaders.join(), /mallory|eve|evil|decision/i);
    }
  });

  t.test('what only a proxy may say, a client can’t: truncated, or the time that is left', async (t) => {
    const bench = await startBench(t, front);
    const forged = { 'x-envoy-auth-partial-body': 'true', 'x-envoy-expected-rq-timeout-ms': '1' };
    t.equal((await bench.send({ headers: forged })).status, 200);
    t.notMatch(bench.authorizer.requests[0]?.headers, { 'x-envoy-auth-partial-body': 'true' });
    t.notMatch(bench.authorizer.requests[0]?.headers, { 'x-envoy-expected-rq-timeout-ms': '1' });
    t.notMatch(bench.gateway.requests[0]?.headers, { 'x-envoy-auth-partial-body': /./ });
  });

  t.test('the authorizer is told about an encoded body, and the gateway never decodes one', async (t) => {
    const bench = await startBench(t, front);
    const body = gzipSync('{"event_type":"x"}');
    await bench.send({ body, headers: { 'content-encoding': 'gzip' } });
    t.equal(bench.authorizer.requests[0]?.headers['content-encoding'], 'gzip');
    t.same(bench.authorizer.requests[0]?.body, body);
    t.notOk(bench.gateway.requests[0]?.headers['content-encoding']);
  });
}

function refusing(t: TAP, { front, carriers }: ProxyTraits): void {
  t.test(
    'a refusal reaches the client whole: status, body and the headers that are meant for it',
    async (t) => {
      const bench = await startBench(t, front);
      for (const status of REFUSED_STATUSES) {
        const answer = await bench.send({ headers: { ...bearer(`refuse-${status}`), 'x-request-id': 'r1' } });
        t.match(answer, { status, text: refusalBody(status, 'r1') });
        matchOurs(t, answer, 'r1');
      }
      t.same(bench.gateway.requests, []);
    },
  );

  t.test('a 401 offers every scheme that the authorizer offers', async (t) => {
    const bench = await startBench(t, front);
    const { headers } = await bench.send({ headers: bearer('refuse-401') });
    t.equal(headers['www-authenticate'], 'Bearer, Basic realm="ecmwf"');
  });

  t.test('503 and 500 of the authorizer are told apart, with its body and Retry-After', async (t) => {
    const bench = await startBench(t, front);
    for (const [carrier, status] of [
      [carriers.unavailable, 503],
      [carriers.error, 500],
    ] as const) {
      const answer = await bench.send({ headers: { ...bearer(`refuse-${carrier}`), 'x-request-id': 'r2' } });
      t.match(answer, { status, text: refusalBody(carrier, 'r2'), headers: { 'retry-after': '7' } });
      matchOurs(t, answer, 'r2');
    }
    t.same(bench.gateway.requests, []);
  });
}

/** The headers of an answer as the authorizer gave it. */
function matchOurs(t: Pick<TAP, 'match' | 'notOk'>, { headers }: Answer, requestId: string): void {
  t.match(headers, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'x-request-id': requestId,
  });
  t.notOk(headers['x-internal']);
}

function failing(t: TAP, { front, noVerdicts }: ProxyTraits): void {
  t.test('whatever is no verdict is 503, and nothing passes', async (t) => {
    const bench = await startBench(t, front, { timeouts: { checkMs: 400 } });
    for (const marker of noVerdicts) {
      unavailable(t, await bench.send({ headers: bearer(marker) }), marker);
    }
    t.same(bench.gateway.requests, []);
    t.equal(bench.authorizer.requests.length, noVerdicts.length, 'and nothing is asked twice');
  });

  t.test('a dead authorizer is 503, and nothing passes', async (t) => {
    const bench = await startBench(t, front);
    t.equal((await bench.send()).status, 200);
    await bench.authorizer.stop();
    bench.forget();
    for (let attempt = 0; attempt < 5; attempt++) unavailable(t, await bench.send(), `attempt ${attempt}`);
    t.same(bench.gateway.requests, []);
    t.equal((await bench.send({ path: '/api/v1/notification' })).status, 200, 'what is not gated goes on');
  });

  t.test('a dead gateway is 503 in our shape', async (t) => {
    const bench = await startBench(t, front);
    await bench.gateway.stop();
    unavailable(t, await bench.send(), 'watch');
    unavailable(t, await bench.send({ path: '/api/v1/notification' }), 'notification');
  });
}

function unavailable(t: Pick<TAP, 'match' | 'ok'>, answer: Answer, what: string): void {
  const after = Number(answer.headers['retry-after']);
  t.match(answer, { status: 503, headers: { 'cache-control': 'no-store' } }, what);
  t.ok(after >= 5 && after <= 15, `${what}: Retry-After is ${after}`);
  ourShape(t, answer, 'SERVICE_UNAVAILABLE');
}

/** The body has the four members that every refusal has. */
function ourShape(t: Pick<TAP, 'match'>, { headers, text }: Answer, code: string): void {
  t.match(headers, { 'content-type': /^application\/json/ });
  const body: unknown = JSON.parse(text);
  t.match(body, { code, error: code.toLowerCase(), message: /./ });
  t.match(body, { request_id: headers['x-request-id'] ?? null });
}

function limits(t: TAP, { front, stalled }: ProxyTraits): void {
  t.test('a body of 262144 bytes passes whole, and one of 262145 is 413 and never checked', async (t) => {
    const bench = await startBench(t, front);
    for (const chunked of [false, true]) {
      bench.forget();
      t.equal((await bench.send({ body: Buffer.alloc(LIMIT, 32), chunked })).status, 200);
      t.equal(bench.authorizer.requests[0]?.body.length, LIMIT);
      t.equal(bench.gateway.requests[0]?.body.length, LIMIT);
      bench.forget();
      const refused = await bench.send({ body: Buffer.alloc(LIMIT + 1, 32), chunked });
      t.equal(refused.status, 413);
      ourShape(t, refused, 'PAYLOAD_TOO_LARGE');
      t.same([bench.authorizer.requests, bench.gateway.requests], [[], []]);
    }
  });

  t.test('a token of 40 KB passes, and headers of 80 KB are 431 in our shape', async (t) => {
    const bench = await startBench(t, front);
    t.equal((await bench.send({ headers: bearer(`allow ${'x'.repeat(40_000)}`) })).status, 200);
    bench.forget();
    const refused = await bench.send({ headers: bearer('x'.repeat(80_000)) });
    t.equal(refused.status, 431);
    ourShape(t, refused, 'REQUEST_HEADER_FIELDS_TOO_LARGE');
    t.same(bench.authorizer.requests, []);
  });

  t.test('an upload that stalls is ended and never checked', async (t) => {
    const bench = await startBench(t, front, { timeouts: { requestMs: 1000 } });
    const head = `POST ${WATCH} HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n{`;
    t.match(await sendRaw(bench.proxy.port, head), stalled);
    t.same(bench.authorizer.requests, []);
  });

  t.test('what is not HTTP is 400 in our shape', async (t) => {
    const bench = await startBench(t, front);
    const answer = await sendRaw(bench.proxy.port, `POST ${WATCH} HTTP/1.1\r\nContent-Length: x\r\n\r\n`);
    t.match(answer, /^HTTP\/1.1 400 .*"code":"INVALID_REQUEST_SHAPE"/s);
  });
}

const UNGATED = [
  ['POST', '/api/v1/notification'],
  ['GET', '/api/v1/schema'],
  ['GET', '/api/v1/schema/dissemination'],
  ['DELETE', '/api/v1/admin/wipe/all'],
  ['GET', '/health'],
  ['GET', '/'],
  ['GET', '/static/css/site.css'],
  ['GET', '/swagger-ui/index.html'],
  ['GET', '/api-docs/openapi.json'],
] as const;

const UNKNOWN = [
  ['GET', WATCH],
  ['PUT', WATCH],
  ['DELETE', '/api/v1/replay'],
  ['GET', '/api/v1/notification'],
  ['POST', '/api/v1/schema'],
  ['GET', '/api/v1/schema/a/b'],
  ['GET', '/api/v1/schema/%2577atch'],
  ['GET', '/api/v1/admin/'],
  ['POST', '/api/v2/watch'],
  ['POST', '/envoy/api/v1/watch'],
  ['POST', '/_authz/watch'],
  ['POST', '/_gateway/watch'],
  ['GET', '/metrics'],
] as const;

function routing(t: TAP, { front, prefix, paths }: ProxyTraits): void {
  t.test('routes that are not gated reach the gateway and never the authorizer', async (t) => {
    const bench = await startBench(t, front);
    for (const [method, path] of UNGATED) {
      bench.forget();
      t.equal((await bench.send({ method, path, body: 'n' })).status, 200, `${method} ${path}`);
      t.match(bench.gateway.requests, [{ method, url: path, body: { length: method === 'POST' ? 1 : 0 } }]);
      t.same(bench.authorizer.requests, []);
    }
  });

  t.test('anything else is 404 and reaches nobody', async (t) => {
    const bench = await startBench(t, front);
    for (const [method, path] of UNKNOWN) {
      const answer = await bench.send({ method, path });
      t.equal(answer.status, 404, `${method} ${path}`);
      ourShape(t, answer, 'NOT_FOUND');
    }
    t.same([bench.authorizer.requests, bench.gateway.requests], [[], []]);
  });

  t.test('no spelling of a gated path goes round the check', async (t) => {
    const bench = await startBench(t, front);
    for (const [path, expected] of paths) await spelling(t, bench, { path, expected, prefix });
  });
}

interface Spelling {
  readonly path: string;
  readonly expected: 'checked' | 400 | 404;
  readonly prefix: string;
}

async function spelling(
  t: Pick<TAP, 'equal' | 'same'>,
  bench: Bench,
  { path, expected, prefix }: Spelling,
): Promise<void> {
  bench.forget();
  const head = `POST ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}`;
  const status = Number(/^HTTP\/1.1 (\d+)/.exec(await sendRaw(bench.proxy.port, head))?.[1]);
  const seen = [bench.authorizer, bench.gateway].map(({ requests }) => requests.map(({ url }) => url));
  if (expected === 'checked') t.same([status, ...seen], [200, [`${prefix}${WATCH}`], [WATCH]], path);
  else t.same([status, ...seen], [expected, [], []], path);
}

function streaming(t: TAP, { front }: ProxyTraits): void {
  const byHand: BenchOptions = { gateway: { everyMs: null } };

  t.test('each event is with the client before the next one is written', async (t) => {
    const bench = await startBench(t, front, byHand);
    const stream = await open(bench.proxy.port, { headers: bearer('allow') });
    const arriving = events(stream);
    for (const word of ['one', 'two', 'three']) {
      bench.gateway.send(word);
      t.match(await arriving.next(), { value: word });
    }
    stream.destroy();
  });

  t.test('a client that goes away closes its stream at the gateway', async (t) => {
    const bench = await startBench(t, front, byHand);
    const stream = await open(bench.proxy.port, {});
    t.ok(await becomes(() => bench.gateway.openStreams() === 1));
    stream.destroy();
    t.ok(await becomes(() => bench.gateway.openStreams() === 0));
  });

  t.test('a stream that is silent for too long is ended', async (t) => {
    const bench = await startBench(t, front, { ...byHand, timeouts: { idleMs: 1000 } });
    const stream = await open(bench.proxy.port, {});
    await t.rejects(async () => {
      for await (const _ of stream);
    });
    t.ok(await becomes(() => bench.gateway.openStreams() === 0));
  });
}
