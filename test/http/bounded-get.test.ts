import { gzipSync } from 'node:zlib';
import t from 'tap';
import { boundedGet, type Fetch, type FetchInit } from '../../src/http/bounded-get.js';

const URL_ASKED = new URL('http://ecpds.example/list?id=a%20b');
const answering = (status: number, chunks: readonly (string | Uint8Array)[] | null): Fetch => {
  return async () => ({
    status,
    headers: new Headers({ 'x-a': 'b' }),
    body: chunks === null ? null : streamOf(chunks),
  });
};
async function* streamOf(chunks: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield Buffer.from(chunk);
}
const get = (fetch: Fetch, maxBytes = 10, timeoutMs = 60_000) =>
  boundedGet({ fetch, url: URL_ASKED, headers: { authorization: 'Basic c2VjcmV0' }, maxBytes, timeoutMs });
const failing =
  (error: unknown): Fetch =>
  async () =>
    Promise.reject(error);
const withCode = (code: string, message = 'x') => Object.assign(new Error(message), { code });

t.test('an answer is its status, headers and whole body', async (t) => {
  const result = await get(answering(418, ['ab', 'cd']));
  t.ok(result.ok);
  if (!result.ok) return;
  t.equal(result.value.status, 418);
  t.equal(result.value.headers.get('x-a'), 'b');
  t.equal(Buffer.from(result.value.body).toString(), 'abcd');
});

t.test('an answer without a body has an empty one', async (t) => {
  const result = await get(answering(204, null));
  t.equal(result.ok && result.value.body.byteLength, 0);
});

t.test('the call is made once, with the headers given, and follows no redirect', async (t) => {
  const calls: [URL, FetchInit][] = [];
  await get(async (url, init) => {
    calls.push([url, init]);
    throw withCode('ECONNRESET');
  });
  t.equal(calls.length, 1);
  t.equal(calls[0]?.[0], URL_ASKED);
  t.same(calls[0]?.[1].headers, { authorization: 'Basic c2VjcmV0' });
  t.equal(calls[0]?.[1].redirect, 'manual');
});

t.test('the limit of size is exact', async (t) => {
  t.equal((await get(answering(200, ['12345', '67890']))).ok, true);
  t.same(await get(answering(200, ['12345', '67890', '1'])), {
    ok: false,
    failure: { kind: 'unreadable', status: 200, reason: 'more than 10 bytes' },
  });
});

t.test('what is too large is not read to its end', async (t) => {
  let sent = 0;
  let cancelled = false;
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        sent += 1;
        yield Buffer.alloc(4);
      }
    } finally {
      cancelled = true;
    }
  }
  const result = await get(async () => ({ status: 200, headers: new Headers(), body: endless() }));
  t.equal(result.ok, false);
  t.equal(sent, 3);
  t.equal(cancelled, true);
});

const KINDS: Record<'unreachable' | 'unreadable', readonly string[]> = {
  unreachable: [
    'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
    'HPE_INVALID_EOF_STATE',

    ...[
      'ENOTFOUND',
      'EAI_AGAIN',
      'ECONNREFUSED',
      'ECONNRESET',
      'EPIPE',
      'ETIMEDOUT',
      'EHOSTUNREACH',
      'ENETUNREACH',
    ],
    ...['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'UND_ERR_SOCKET'],
    ...[
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'CERT_HAS_EXPIRED',
      'ERR_TLS_CERT_ALTNAME_INVALID',
      'ERR_SSL_WRONG_VERSION_NUMBER',
    ],
  ],
  unreadable: [
    ...[
      'HPE_INVALID_CONSTANT',
      'HPE_INVALID_HEADER_TOKEN',
      'Z_DATA_ERROR',
      'Z_BUF_ERROR',
      'ERR__ERROR_FORMAT_PADDING_1',
    ],
    ...['UND_ERR_HEADERS_OVERFLOW'],
  ],
};
for (const [kind, codes] of Object.entries(KINDS)) {
  t.test(`an error is ${kind} by its code, however deep it is wrapped`, async (t) => {
    for (const code of codes) {
      const wrapped = new TypeError('fetch failed', { cause: new Error('outer', { cause: withCode(code) }) });
      for (const error of [withCode(code), wrapped]) {
        t.same(await get(failing(error)), { ok: false, failure: { kind, status: null, reason: code } });
      }
    }
  });
}

t.test('an error without a code is unreachable and says no more', async (t) => {
  const secret = 'http://user:password@host/';
  for (const error of [new TypeError(secret), 'text', null, undefined, { code: 'HPE_X' }, withCode('')]) {
    const result = await get(failing(error));
    t.same(result, {
      ok: false,
      failure: { kind: 'unreachable', status: null, reason: 'unknown network error' },
    });
  }
});

t.test('an error in the middle of the body keeps the status', async (t) => {
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('x');
    throw new TypeError('terminated', { cause: withCode('UND_ERR_SOCKET') });
  }
  const result = await get(async () => ({ status: 200, headers: new Headers(), body: broken() }));
  t.same(result, { ok: false, failure: { kind: 'unreachable', status: 200, reason: 'UND_ERR_SOCKET' } });
});

/** Fails once the caller gives up, and never before. */
const hanging: Fetch = (_url, { signal }) =>
  new Promise((_resolve, reject) => {
    const alive = setInterval(() => undefined, 60_000);
    signal.addEventListener('abort', () => {
      clearInterval(alive);
      reject(withCode('HPE_WHATEVER'));
    });
  });

t.test('no answer in time is unreachable, whatever the library calls it', async (t) => {
  t.same(await get(hanging, 10, 1), {
    ok: false,
    failure: { kind: 'unreachable', status: null, reason: 'no answer within 1 ms' },
  });
});

t.test('the time runs on while the body comes', async (t) => {
  const result = await get(
    async (url, init) => ({
      status: 200,
      headers: new Headers(),
      body: (async function* () {
        yield Buffer.from('x');
        await hanging(url, init);
      })(),
    }),
    10,
    20,
  );
  t.same(result, {
    ok: false,
    failure: { kind: 'unreachable', status: 200, reason: 'no answer within 20 ms' },
  });
});

t.test('the limit holds for what the global fetch decodes', async (t) => {
  const bomb = gzipSync(Buffer.alloc(1_000_000));
  const stream = new Response(bomb).body?.pipeThrough(new DecompressionStream('gzip')) ?? null;
  const result = await get(async () => ({ status: 200, headers: new Headers(), body: stream }), 1000);
  t.same(result, { ok: false, failure: { kind: 'unreadable', status: 200, reason: 'more than 1000 bytes' } });
});

t.test('time is over for a call that does not heed its signal, too', async (t) => {
  const hangs = new Promise<never>(() => undefined);
  async function* stuck(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('a');
    await hangs;
  }
  const headers = new Headers();
  for (const fetch of [async () => hangs, async () => ({ status: 200, headers, body: stuck() })]) {
    const result = await get(fetch, 10, 20);
    t.match(result, { ok: false, failure: { kind: 'unreachable', reason: 'no answer within 20 ms' } });
  }
});

t.test('what such a call comes to afterwards is nobody’s', async (t) => {
  const late = new Promise<never>((_resolve, reject) => setTimeout(reject, 20, new Error('late')));
  t.match(await get(async () => late, 10, 1), { ok: false });
  await new Promise((resolve) => setTimeout(resolve, 40));
});
