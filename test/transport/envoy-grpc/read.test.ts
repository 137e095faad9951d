import fc from 'fast-check';
import t from 'tap';
import type { Metadata } from '../../../src/grpc/unary.js';
import { readCheck } from '../../../src/transport/envoy-grpc/read.js';
import { type CheckParts, checkMessage } from '../../helpers/grpc.js';
import { checkService } from '../../proxies/check-service.js';

/** What is read of a check that arrives at 1000 ms. */
function read(parts: CheckParts = {}, metadata: Metadata = {}) {
  return accepted(checkMessage(parts), metadata);
}

function accepted(message: Uint8Array, metadata: Metadata = {}) {
  const check = readCheck(message, metadata, 1000);
  if (!check.ok) throw new Error(`refused: ${JSON.stringify(check.failure)}`);
  return { ...check.value.request, forged: check.value.forged };
}

/** A check as somebody else's library writes it. */
const foreign = (http: object): Uint8Array =>
  checkService()['Check']?.requestSerialize({ attributes: { request: { http } } }) ?? Buffer.alloc(0);

t.test('without headers and extensions nothing is known', async (t) => {
  const { requestId, body, ...rest } = read();
  t.strictSame(rest, {
    transport: 'envoy_grpc',
    method: 'POST',
    target: '/api/v1/watch',
    authorization: [],
    contentEncoding: null,
    partialBody: false,
    deadline: null,
    routeOperation: null,
    routeLabel: null,
    trace: undefined,
    forged: [],
  });
  t.match(requestId, /^[0-9a-f-]{36}$/);
  t.equal(body.length, 0);
});

t.test('method and path are the client’s, untouched', async (t) => {
  for (const path of ['/api/v1/%77atch?a=%2F', '//x', '/a/../b', '', '*', 'http://a/b', '/é', '/a#b']) {
    t.equal(read({ path, method: 'pOsT' }).target, path);
  }
  t.equal(read({ method: 'pOsT' }).method, 'pOsT');
});

t.test('every Authorization is a value of its own, in whichever map and case', async (t) => {
  const one = 'Bearer a';
  const table: [CheckParts, string[]][] = [
    [{ joinedHeaders: [['authorization', one]] }, [one]],
    [{ joinedHeaders: [['Authorization', one]] }, [one]],
    [{ headers: [['aUTHORIZATION', one]] }, [one]],
    [
      {
        joinedHeaders: [
          ['authorization', one],
          ['Authorization', 'Bearer b'],
        ],
      },
      [one, 'Bearer b'],
    ],
    [
      {
        headers: [
          ['authorization', one],
          ['Authorization', 'Bearer b'],
        ],
      },
      [one, 'Bearer b'],
    ],
    [
      {
        headers: [
          ['authorization', one],
          ['authorization', one],
        ],
      },
      [one, one],
    ],
    [{ joinedHeaders: [['authorization', one]], headers: [['authorization', one]] }, [one, one]],
    [{ joinedHeaders: [['authorization', `${one},Bearer b`]] }, [`${one},Bearer b`]],
    [{ headers: [['authorization', '']] }, ['']],
  ];
  for (const [parts, expected] of table) t.strictSame(read(parts).authorization, expected);
});

t.test('raw bytes are read as HTTP is, a character a byte', async (t) => {
  const every = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
  const [value = ''] = read({ headers: [['authorization', every]] }).authorization;
  t.equal(value.length, 256);
  t.strictSame(Buffer.from(value, 'latin1'), every);
});

t.test('an entry of the map with a text in place of bytes is read as well', async (t) => {
  const entry = (key: string, value: string) => ({ key, value });
  const headers = [entry('Authorization', 'Bearer ü'), entry('x-request-id', 'r-1')];
  t.match(accepted(foreign({ header_map: { headers } })), { authorization: ['Bearer ü'], requestId: 'r-1' });
  const both = { key: 'authorization', value: 'Bearer text', raw_value: Buffer.from('Bearer raw') };
  t.strictSame(accepted(foreign({ header_map: { headers: [both] } })).authorization, ['Bearer raw']);
});

t.test('another library’s message is read the same', async (t) => {
  const http = {
    method: 'POST',
    path: '/api/v1/replay',
    headers: { Authorization: 'Bearer a', 'x-aviso-user': 'root' },
    raw_body: Buffer.from([0, 255, 123]),
  };
  t.match(accepted(foreign(http)), {
    method: 'POST',
    target: '/api/v1/replay',
    authorization: ['Bearer a'],
    forged: ['x-aviso-user'],
    body: Buffer.from([0, 255, 123]),
  });
});

t.test('Content-Encoding is joined over both maps', async (t) => {
  t.equal(read({ headers: [['Content-Encoding', 'gzip']] }).contentEncoding, 'gzip');
  const twice = {
    headers: [
      ['content-encoding', 'identity'],
      ['CONTENT-ENCODING', 'gzip'],
    ],
  } as const;
  t.equal(read(twice).contentEncoding, 'identity,gzip');
  const across = {
    joinedHeaders: [['content-encoding', 'identity']],
    headers: [['content-encoding', 'br']],
  } as const;
  t.equal(read(across).contentEncoding, 'identity,br');
});

t.test('a request id is kept only when it is one and fit', async (t) => {
  t.equal(read({ headers: [['X-Request-ID', 'r-1']] }).requestId, 'r-1');
  const headers = [
    ['x-request-id', 'a'],
    ['x-request-id', 'b'],
  ] as const;
  t.match(read({ headers }).requestId, /^[0-9a-f-]{36}$/);
  t.match(
    read({ joinedHeaders: [['x-request-id', 'a']], headers: [['x-request-id', 'a']] }).requestId,
    /-.*-/,
  );
});

t.test('x-envoy-auth-partial-body is partial unless it plainly says false', async (t) => {
  const NAME = 'X-Envoy-Auth-Partial-Body';
  for (const value of ['true', 'True', '', 'false,true', 'false, false', '0', 'no']) {
    t.equal(read({ headers: [[NAME, value]] }).partialBody, true, value);
    t.equal(read({ joinedHeaders: [[NAME, value]] }).partialBody, true, value);
  }
  for (const value of ['false', 'FALSE', ' false ']) {
    t.equal(read({ headers: [[NAME, value]] }).partialBody, false, value);
  }
  t.equal(
    read({
      headers: [
        [NAME, 'true'],
        [NAME, 'false'],
      ],
    }).partialBody,
    true,
  );
  t.equal(read({ joinedHeaders: [[NAME, 'false']], headers: [[NAME, 'true']] }).partialBody, true);
});

t.test('the names of forged headers are told, from both maps, in lower case', async (t) => {
  const parts = {
    joinedHeaders: [['X-Aviso-User', 'root']],
    headers: [
      ['x-aviso-anything', ''],
      ['x-other', '1'],
    ],
  } as const;
  t.strictSame(read(parts).forged, ['x-aviso-user', 'x-aviso-anything']);
});

/** `grpc-timeout` and `x-envoy-expected-rq-timeout-ms` to the deadline: 90 % of the smaller from 1000 ms on. */
const DEADLINES: readonly (readonly [string | undefined, string | undefined, number | null])[] = [
  ['1H', undefined, 3_241_000],
  ['1M', undefined, 55_000],
  ['1S', undefined, 1900],
  ['500m', undefined, 1450],
  ['500000u', undefined, 1450],
  ['1000000n', undefined, 1000.9],
  ['0m', undefined, 1000],
  [undefined, '500', 1450],
  ['500m', '2000', 1450],
  ['2S', '500', 1450],
  ['0m', '500', 1000],
  ['500m', '0', 1450],
  ['500m', 'soon', 1450],
  ['500m', '400, 400', 1450],
  ['500', '600', 1540],
  ['1.5S', '600', 1540],
  ['-1S', '600', 1540],
  ['123456789S', '600', 1540],
  ['1S, 2S', undefined, null],
  ['', '', null],
];
for (const [timeout, stated, deadline] of DEADLINES) {
  t.test(`grpc-timeout ${timeout} and a stated ${stated} ms end at ${deadline}`, async (t) => {
    const metadata: Metadata = {};
    if (timeout !== undefined) metadata['grpc-timeout'] = timeout;
    if (stated !== undefined) metadata['x-envoy-expected-rq-timeout-ms'] = stated;
    t.equal(read({}, metadata).deadline, deadline);
  });
}

t.test('what the client says of its own patience is no deadline', async (t) => {
  const headers = [
    ['x-envoy-expected-rq-timeout-ms', '5'],
    ['grpc-timeout', '5m'],
  ] as const;
  t.equal(read({ headers }).deadline, null);
  t.equal(read({ headers }, { 'grpc-timeout': '1S' }).deadline, 1900);
});

t.test('the route’s operation is told as it was written', async (t) => {
  for (const operation of ['watch', 'replay', '', 'Watch', 'watch ', 'rubbish']) {
    t.equal(read({ extensions: { operation } }).routeOperation, operation);
  }
  t.equal(read({ extensions: { Operation: 'watch' } }).routeOperation, null);
});

t.test('the route’s label is a short plain word or none', async (t) => {
  for (const label of ['a', 'A-z_0.9', 'x'.repeat(64)])
    t.equal(read({ extensions: { label } }).routeLabel, label);
  const unfit = ['', 'x'.repeat(65), 'a b', 'a\nb', 'é', 'a=b', '"', 'a/b', 'a\n', '\ud83d\ude00'];
  for (const label of unfit) t.equal(read({ extensions: { label } }).routeLabel, null, JSON.stringify(label));
});

t.test('the body is the gateway’s, byte for byte', async (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (rawBody) =>
      Buffer.from(read({ rawBody }).body).equals(rawBody),
    ),
  );
  t.pass();
});

t.test('a body as text is an error of our deployment, with bytes beside it or not', async (t) => {
  for (const body of ['{}', ' ', '\0']) {
    for (const rawBody of [new Uint8Array(), Buffer.from('{}')]) {
      const check = readCheck(checkMessage({ body, rawBody }), {}, 1000);
      t.match(check, { ok: false, failure: { kind: 'error', errorKind: 'body_not_raw' } });
    }
  }
});

t.test('a message without a request is none', async (t) => {
  const service = checkService()['Check'];
  const without = [
    Buffer.alloc(0),
    ...[{}, { attributes: {} }, { attributes: { request: {} } }].map(
      (parts) => service?.requestSerialize(parts) ?? Buffer.alloc(0),
    ),
    service?.requestSerialize({ attributes: { context_extensions: { operation: 'watch' } } }) ??
      Buffer.alloc(0),
  ];
  for (const message of without) {
    t.match(readCheck(message, {}, 0), { ok: false, failure: { code: 'INVALID_REQUEST_SHAPE' } });
  }
});

t.test('a trace is read from whichever map, and two of them are joined', async (t) => {
  const [parent, state] = ['00-a-b-01', 'v=1'];
  const pairs = [
    ['traceparent', parent],
    ['TraceState', state],
  ] as const;
  t.same(read({ headers: pairs }).trace, { parent, state });
  t.same(read({ joinedHeaders: pairs }).trace, { parent, state });
  t.same(read({ headers: [...pairs, ['Traceparent', 'x']] }).trace, { parent: `${parent},x`, state });
});

t.test('a message that is malformed anywhere is refused whole, not read as far as it goes', async (t) => {
  const embedded = (field: number, ...content: readonly number[]) => [
    field * 8 + 2,
    content.length,
    ...content,
  ];
  const post = embedded(2, ...Buffer.from('POST'));
  const path = embedded(4, ...Buffer.from('/api/v1/watch'));
  const check = (...http: readonly number[]): Uint8Array =>
    Uint8Array.from(embedded(1, ...embedded(4, ...embedded(2, ...http))));
  t.equal(accepted(check(...post, ...path)).target, '/api/v1/watch');
  const partial = embedded(3, ...embedded(1, ...Buffer.from('x-envoy-auth-partial-body')));
  for (const [what, byte] of Object.entries({ 'the number zero': 0x00, 'the end of a group': 0x0c })) {
    const result = readCheck(check(...post, ...path, byte, ...partial), {}, 1000);
    t.match(result, { ok: false, failure: { kind: 'invalid', code: 'INVALID_REQUEST_SHAPE' } }, what);
  }
  const overrun = check(...post, ...path, 3 * 8 + 2, 40);
  t.equal(readCheck(overrun, {}, 1000).ok, false, 'a field longer than its message');
});
