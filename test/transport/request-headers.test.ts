import t from 'tap';
import { addHeader, noHeaders, type RequestHeaders, traceOf } from '../../src/transport/request-headers.js';

function read(...headers: readonly (readonly [string, string])[]): RequestHeaders {
  const read = noHeaders();
  for (const [name, value] of headers) addHeader(read, name, value);
  return read;
}

t.test('no headers say nothing', async (t) => {
  t.strictSame(read(), {
    authorization: [],
    forged: [],
    requestId: null,
    contentEncoding: null,
    contentLength: null,
    partialBody: false,
    expectedTimeoutMs: null,
    traceparent: null,
    tracestate: null,
  });
  t.strictSame(
    read(['accept', '*/*'], ['', ''], ['x-avis', '1'], ['proxy-authorization', 'Basic x']),
    noHeaders(),
  );
});

t.test('every Authorization is kept, in order, whatever its case', async (t) => {
  t.strictSame(
    read(['Authorization', 'Bearer a'], ['x', 'y'], ['AUTHORIZATION', ''], ['authorization', 'Bearer a'])
      .authorization,
    ['Bearer a', '', 'Bearer a'],
  );
});

t.test('what is repeated is joined, so that no value of two wins', async (t) => {
  const names = [
    ['X-Request-Id', 'requestId'],
    ['Content-Encoding', 'contentEncoding'],
    ['X-Envoy-Expected-Rq-Timeout-Ms', 'expectedTimeoutMs'],
    ['Traceparent', 'traceparent'],
    ['tracestate', 'tracestate'],
  ] as const;
  for (const [name, member] of names) {
    t.equal(read([name, 'a'])[member], 'a');
    t.equal(read([name, 'a'], [name.toUpperCase(), 'b'], [name.toLowerCase(), ''])[member], 'a,b,');
    t.equal(read([name, ''], [name, 'b'])[member], ',b', 'an empty one counts');
  }
  t.equal(read(['Content-Length', '7']).contentLength, '7');
});

t.test('a body is partial as soon as one marker says so', async (t) => {
  const marked = (...values: string[]) =>
    read(...values.map((value) => ['X-Envoy-Auth-Partial-Body', value] as const)).partialBody;
  t.equal(marked('false'), false);
  t.equal(marked('true'), true);
  t.equal(marked('true', 'false'), true);
  t.equal(marked('false', 'true'), true);
  t.equal(marked(''), true);
});

t.test('headers of ours that the client sends are noted by their name', async (t) => {
  t.strictSame(
    read(['X-Aviso-User', 'root'], ['x-aviso-', ''], ['x-aviso', '1'], ['x-aviso-user', '2']).forged,
    ['x-aviso-user', 'x-aviso-', 'x-aviso-user'],
  );
});

t.test('a trace is what `traceparent` says; a `tracestate` alone is none', async (t) => {
  t.equal(traceOf(read(['tracestate', 'a=1'])), undefined);
  t.same(traceOf(read(['traceparent', 'x'])), { parent: 'x', state: null });
  t.same(traceOf(read(['tracestate', 'a=1'], ['TraceParent', 'x'], ['TraceState', 'b=2'])), {
    parent: 'x',
    state: 'a=1,b=2',
  });
});
