import { createServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { createSecureContext, rootCertificates } from 'node:tls';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import t, { type Test } from 'tap';
import { boundedGet, type GetFailure } from '../../src/http/bounded-get.js';
import { createHttpClient } from '../../src/http/client.js';
import { selfSigned } from '../helpers/certificate.js';
import { refusedUrl, startServer } from '../helpers/http-server.js';

const CONNECT_MS = 20_000;

async function ask(t: Test, url: string, ca: string | null = null, maxBytes = 100) {
  const client = createHttpClient({ connectTimeoutMs: CONNECT_MS, ca });
  t.teardown(() => client.close());
  return boundedGet({ fetch: client.fetch, url: new URL(url), headers: {}, maxBytes, timeoutMs: 30_000 });
}

async function failureOf(t: Test, url: string): Promise<GetFailure | null> {
  const result = await ask(t, url);
  return result.ok ? null : result.failure;
}

async function startTls(t: Test, headers: Record<string, string> = {}) {
  const certificate = selfSigned();
  let handled = 0;
  const server = createServer(certificate, (_request, response) => {
    handled += 1;
    response.writeHead(200, headers).end('hello');
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `https://127.0.0.1:${port}/`, port, ca: certificate.cert, handled: () => handled };
}

t.test('a server is asked and its answer read', async (t) => {
  const server = await startServer((_request, response) => response.end('hello'));
  t.teardown(() => server.close());
  const result = await ask(t, server.url);
  t.equal(result.ok && Buffer.from(result.value.body).toString(), 'hello');
});

t.test('a certificate that nobody vouches for ends the call before anything is sent', async (t) => {
  const server = await startTls(t);
  t.match(await failureOf(t, server.url), {
    kind: 'unreachable',
    status: null,
    reason: 'DEPTH_ZERO_SELF_SIGNED_CERT',
  });
  t.equal(server.handled(), 0);
});

t.test('an extra trust anchor makes it good', async (t) => {
  const server = await startTls(t);
  const result = await ask(t, server.url, server.ca);
  t.equal(result.ok && result.value.status, 200);
});

t.test('trust anchors are read once, not with each connection', async (t) => {
  const server = await startTls(t, { connection: 'close' });
  const client = createHttpClient({ connectTimeoutMs: CONNECT_MS, ca: server.ca });
  t.teardown(() => client.close());
  const get = {
    fetch: client.fetch,
    url: new URL(server.url),
    headers: {},
    maxBytes: 100,
    timeoutMs: 30_000,
  };
  const connections = async (): Promise<void> => {
    for (let count = 0; count < 20; count++) t.ok((await boundedGet(get)).ok);
  };
  const reading = async (): Promise<void> => {
    for (let count = 0; count < 20; count++) createSecureContext({ ca: [...rootCertificates] });
  };
  await connections();
  const [connecting, read] = [await cpuOf(connections), await cpuOf(reading)];
  t.ok(connecting < read, `${connecting} us for 20 connections, ${read} us to read the anchors 20 times`);
});

/** Microseconds of CPU. */
async function cpuOf(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

t.test('an extra trust anchor does not make it good for another name', async (t) => {
  const server = await startTls(t);
  const result = await ask(t, `https://localhost:${server.port}/`, server.ca);
  t.equal(result.ok, false);
});

t.test('TLS spoken to a server that does not speak it is unreachable', async (t) => {
  const server = await startServer((_request, response) => response.end());
  t.teardown(() => server.close());
  t.match(await failureOf(t, server.url.replace('http:', 'https:')), { kind: 'unreachable', status: null });
});

t.test('a port that nobody listens on is unreachable', async (t) => {
  t.match(await failureOf(t, await refusedUrl()), { kind: 'unreachable', reason: 'ECONNREFUSED' });
});

t.test('a host that does not exist is unreachable', async (t) => {
  t.match(await failureOf(t, 'http://ecpds.invalid/'), { kind: 'unreachable', status: null });
});

t.test('a connection that never comes about ends with the connect timeout', async (t) => {
  const sockets: { destroy(): void }[] = [];
  const server = createTcpServer((socket) => sockets.push(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const client = createHttpClient({ connectTimeoutMs: 10, ca: null });
  t.teardown(() => client.close());
  const url = new URL(`https://127.0.0.1:${port}/`);
  const result = await boundedGet({ fetch: client.fetch, url, headers: {}, maxBytes: 1, timeoutMs: 60_000 });
  t.match(result, {
    ok: false,
    failure: { kind: 'unreachable', status: null, reason: 'UND_ERR_CONNECT_TIMEOUT' },
  });
});

t.test('a redirect is an answer', async (t) => {
  const target = await startServer((_request, response) => response.end('secret'));
  const server = await startServer((_request, response) =>
    response.writeHead(302, { location: target.url }).end(),
  );
  t.teardown(() => Promise.all([target.close(), server.close()]));
  const result = await ask(t, server.url);
  t.equal(result.ok && result.value.status, 302);
  t.equal(target.requests.length, 0);
});

t.test('an answer that is not HTTP is unreadable, which is another thing than unreachable', async (t) => {
  const answers = [
    'SSH-2.0-OpenSSH_9.2\r\n',
    'HTTP/9.9 x\r\n\r\n',
    'HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n',
  ];
  for (const text of [...answers, 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n']) {
    const server = await startServer((request) => void request.socket.end(text));
    t.match(
      await failureOf(t, server.url),
      { kind: 'unreadable', reason: 'HTTPParserError' },
      encodeURI(text),
    );
    await server.close();
  }
});

/** Answers each request twice, the second time when the next one waits for its own answer. */
async function startStutterer(t: Test) {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    socket.on('data', (bytes) => {
      const user = /^GET \/(\w+)/.exec(bytes.toString())?.[1] ?? '';
      const answer = `HTTP/1.1 200 OK\r\ncontent-length: ${user.length}\r\n\r\n${user}`;
      if (user === 'bob') return void setTimeout(() => socket.write(answer), 60);
      socket.write(answer);
      setTimeout(() => socket.write(answer), 30);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

t.test('an answer that comes twice is never that to the next call', async (t) => {
  const url = await startStutterer(t);
  const client = createHttpClient({ connectTimeoutMs: CONNECT_MS, ca: null });
  t.teardown(() => client.close());
  const said = async (user: string) => {
    const options = { fetch: client.fetch, headers: {}, maxBytes: 100, timeoutMs: 30_000 };
    const result = await boundedGet({ ...options, url: new URL(`${url}/${user}`) });
    return result.ok ? Buffer.from(result.value.body).toString() : result.failure.reason;
  };
  t.equal(await said('alice'), 'alice');
  await new Promise((resolve) => setTimeout(resolve, 5));
  t.equal(await said('bob'), 'bob');
});

t.test('a server is asked once, whatever it answers, and its status is told as it is', async (t) => {
  let asked = 0;
  const server = await startServer((request, response) => {
    asked += 1;
    response.writeHead(Number(request.url?.slice(1)), { location: '/200' }).end('x');
  });
  t.teardown(() => server.close());
  for (const status of [200, 300, 302, 307, 401, 403, 407, 408, 421, 425, 429, 500, 503, 504]) {
    asked = 0;
    t.match(await ask(t, new URL(`/${status}`, server.url).href), { ok: true, value: { status } });
    t.equal(asked, 1, `${status}`);
  }
});

const TEXT = 'hello, hello, hello, hello, hello';
const CODED: readonly (readonly [string, string, Buffer])[] = [
  ['none', 'identity', Buffer.from(TEXT)],
  ['gzip', 'gzip', gzipSync(TEXT)],
  ['gzip by its old name', 'X-GZip', gzipSync(TEXT)],
  ['deflate', 'deflate', deflateSync(TEXT)],
  ['br', 'br', brotliCompressSync(TEXT)],
  ['two', 'gzip, br', brotliCompressSync(gzipSync(TEXT))],
];
for (const [name, coding, bytes] of CODED) {
  t.test(`a body is read in its coding: ${name}`, async (t) => {
    const server = await startServer((_request, response) =>
      response.writeHead(200, { 'content-encoding': coding }).end(bytes),
    );
    t.teardown(() => server.close());
    const result = await ask(t, server.url);
    t.equal(result.ok && Buffer.from(result.value.body).toString(), TEXT);
  });
}

const MISCODED: readonly (readonly [string, string, Buffer, string])[] = [
  ['is cut off', 'gzip', gzipSync(TEXT).subarray(0, -9), 'Z_BUF_ERROR'],
  ['lacks its end alone', 'gzip', gzipSync(TEXT).subarray(0, -1), 'Z_BUF_ERROR'],
  ['is no gzip', 'gzip', Buffer.from(TEXT), 'Z_DATA_ERROR'],
  ['is in a coding that nobody asked for', 'compress', Buffer.from(TEXT), 'ERR_UNKNOWN_CONTENT_ENCODING'],
  [
    'is in a coding named as a member of objects is',
    'toString',
    Buffer.from(TEXT),
    'ERR_UNKNOWN_CONTENT_ENCODING',
  ],
  ['is coded again and again', 'gzip,gzip,gzip', Buffer.from(TEXT), 'ERR_UNKNOWN_CONTENT_ENCODING'],
];
for (const [name, coding, bytes, reason] of MISCODED) {
  t.test(`a body that ${name} is unreadable`, async (t) => {
    const server = await startServer((_request, response) =>
      response.writeHead(200, { 'content-encoding': coding }).end(bytes),
    );
    t.teardown(() => server.close());
    t.match(await failureOf(t, server.url), { kind: 'unreadable', reason });
  });
}

t.test('an answer that comes when nobody waits for it any more does no harm', async (t) => {
  const server = await startServer((_request, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).write(gzipSync(TEXT).subarray(0, 12));
  });
  t.teardown(() => server.close());
  const client = createHttpClient({ connectTimeoutMs: CONNECT_MS, ca: null });
  t.teardown(() => client.close());
  for (let i = 0; i < 20; i++) {
    const aborter = new AbortController();
    const init = { headers: {}, signal: aborter.signal, redirect: 'manual' } as const;
    await client.fetch(new URL(server.url), init);
    aborter.abort();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const late = { fetch: client.fetch, url: new URL(server.url), headers: {}, maxBytes: 100, timeoutMs: 30 };
  t.match(await boundedGet(late), { ok: false, failure: { kind: 'unreachable' } });
});
