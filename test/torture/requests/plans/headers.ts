import fc from 'fast-check';

type Header = readonly [name: string, value: string];

/** Headers that say something to the sidecar, or to a careless reader. */
const TELLING: readonly Header[] = [
  ['content-encoding', 'identity'],
  ['Content-Encoding', 'Identity'],
  ['content-encoding', ''],
  ['content-encoding', 'gzip'],
  ['CONTENT-ENCODING', 'GZIP'],
  ['content-encoding', 'br'],
  ['content-encoding', 'deflate'],
  ['content-encoding', 'zstd'],
  ['content-encoding', 'identity, gzip'],
  ['content-encoding', 'identity,identity'],
  ['content-encoding', 'x'],
  ['content-encoding', ','],
  ['x-envoy-auth-partial-body', 'false'],
  ['x-envoy-auth-partial-body', 'true'],
  ['X-Envoy-Auth-Partial-Body', 'True'],
  ['x-envoy-auth-partial-body', 'false'],
  ['x-envoy-auth-partial-body', '1'],
  ['x-envoy-auth-partial-body', 'false,true'],
  ['content-type', 'application/json'],
  ['content-type', 'application/x-www-form-urlencoded'],
  ['content-type', 'application/json; charset=utf-16'],
  ['x-request-id', 'a-good.id_1'],
  ['x-request-id', ''],
  ['x-request-id', 'a b'],
  ['x-request-id', 'x'.repeat(129)],
  ['x-request-id', '"};evil'],
  ['x-request-id', '\u00e9'],
  ['x-request-id', '__proto__'],
  ['traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'],
  ['traceparent', 'x'],
  ['tracestate', 'a=b'],
  ['x-aviso-user', 'root'],
  ['X-Aviso-Decision', 'allow'],
  ['x-aviso-realm', 'ops'],
  ['x-http-method-override', 'GET'],
  ['x-original-uri', '/api/v1/schema'],
  ['x-forwarded-for', '127.0.0.1'],
  ['proxy-authorization', 'Bearer x'],
  ['cookie', 'authorization=x'],
  ['x-authorization', 'Bearer x'],
  ['__proto__', 'x'],
  ['constructor', 'x'],
];

export const telling: fc.Arbitrary<readonly Header[]> = fc.oneof(
  { weight: 6, arbitrary: fc.constant([]) },
  { weight: 1, arbitrary: fc.array(fc.constantFrom(...TELLING), { minLength: 1, maxLength: 3 }) },
);

/** `x-envoy-expected-rq-timeout-ms`: long enough, or nothing that can be read; milliseconds. */
export const timeouts: fc.Arbitrary<readonly Header[]> = fc.oneof(
  { weight: 12, arbitrary: fc.constant([]) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('60000', '999999999', '0', '-1', '1e9', '60000,60000', 'x', '', '9'.repeat(30))
      .map((value): readonly Header[] => [['x-envoy-expected-rq-timeout-ms', value]]),
  },
);
