import type { IncomingMessage, ServerResponse } from 'node:http';
import t, { type Test } from 'tap';
import { createHttpClient } from '../../../src/http/client.js';
import { fetchKeys } from '../../../src/identity/jwks/fetch-keys.js';
import { refusedUrl, startServer } from '../../helpers/http-server.js';
import { keySet, testKey } from '../../helpers/keys.js';

const key = testKey('p256', 'one');
const SET = Buffer.from(keySet(key.jwk));

/** A provider that answers as it is told, and what fetching its keys comes to. */
async function fetched(
  t: Test,
  respond: (request: IncomingMessage, response: ServerResponse) => void,
  how: { readonly discovery?: boolean; readonly known?: string } = {},
) {
  const server = await startServer(respond);
  const client = createHttpClient({ connectTimeoutMs: 1000, ca: null });
  t.teardown(async () => {
    await server.close();
    await client.close();
  });
  const jwksUri = how.discovery ? null : new URL(`${server.url}/keys`);
  const known = how.known === undefined ? null : new URL(how.known, server.url);
  const source = { name: 'Gitlab', issuer: server.url, jwksUri, algorithms: ['ES256'] as const };
  const report = await fetchKeys(source, known, client.fetch);
  return { report, paths: server.requests.map(({ url }) => url), url: server.url };
}

t.test('the keys of a 200, whatever its content type', async (t) => {
  const { report, paths } = await fetched(t, (_request, response) => {
    response.setHeader('content-type', 'text/plain');
    response.end(SET);
  });
  t.match(report, { status: 200, result: { ok: true, value: { keys: [{ kid: 'one' }] } } });
  t.same(paths, ['/keys']);
});

t.test('what is no usable answer is a failure of its kind', async (t) => {
  const CASES: readonly (readonly [number, string, string, RegExp])[] = [
    [200, '<html>', 'invalid_response', /not JSON/],
    [200, '{"keys":[]}', 'no_usable_keys', /empty/],
    [200, 'x'.repeat(1_048_577), 'invalid_response', /more than 1048576 bytes/],
    [201, SET.toString(), 'invalid_response', /HTTP 201/],
    [206, SET.toString(), 'invalid_response', /HTTP 206/],
    [302, '', 'http_4xx', /HTTP 302/],
    [404, SET.toString(), 'http_4xx', /HTTP 404/],
    [500, SET.toString(), 'http_5xx', /HTTP 500/],
    [503, '', 'http_5xx', /HTTP 503/],
  ];
  for (const [status, body, outcome, error] of CASES) {
    const { report, paths } = await fetched(t, (_request, response) => {
      response.writeHead(status, { location: '/elsewhere' }).end(body);
    });
    t.match(report, { status, result: { ok: false, failure: { outcome, error } } });
    t.same(paths, ['/keys'], 'asked once, and no redirect followed');
  }
});

t.test('a body shorter than it said is no set', async (t) => {
  const { report } = await fetched(t, (_request, response) => {
    response.writeHead(200, { 'content-length': String(SET.length + 10) }).write(SET);
    setImmediate(() => response.destroy());
  });
  t.match(report, { result: { ok: false, failure: { outcome: /unreachable|invalid_response/ } } });
});

t.test('a provider that nobody reaches', async (t) => {
  const client = createHttpClient({ connectTimeoutMs: 1000, ca: null });
  t.teardown(() => client.close());
  const jwksUri = new URL(await refusedUrl());
  const source = { name: 'Gitlab', issuer: jwksUri.href, jwksUri, algorithms: ['ES256'] as const };
  const failure = { outcome: 'unreachable', error: 'ECONNREFUSED' };
  t.match(await fetchKeys(source, null, client.fetch), { status: null, result: { ok: false, failure } });
});

/** A provider whose discovery document is made from its own address. */
const describing =
  (document: (issuer: string) => unknown) => (request: IncomingMessage, response: ServerResponse) => {
    if (request.url !== '/.well-known/openid-configuration') return response.end(SET);
    return response.end(JSON.stringify(document(`http://${request.headers.host}`)));
  };

t.test('discovery: the document says where the keys are, and then they are fetched', async (t) => {
  const sound = describing((issuer) => ({ issuer, jwks_uri: `${issuer}/certs` }));
  const { report, paths, url } = await fetched(t, sound, { discovery: true });
  t.match(report, { status: 200, result: { ok: true } });
  t.equal(report.jwksUri?.href, `${url}/certs`);
  t.same(paths, ['/.well-known/openid-configuration', '/certs']);
});

t.test('discovery: what is known already is not asked for', async (t) => {
  const { report, paths } = await fetched(
    t,
    describing(() => null),
    { discovery: true, known: '/certs' },
  );
  t.match(report, { result: { ok: true } });
  t.same(paths, ['/certs']);
});

t.test('discovery: no key is fetched on the word of a document that may not be believed', async (t) => {
  const CASES: readonly (readonly [(issuer: string) => unknown, RegExp])[] = [
    [(issuer) => ({ issuer: `${issuer}/`, jwks_uri: `${issuer}/certs` }), /another issuer/],
    [(issuer) => ({ issuer, jwks_uri: 'http://169.254.169.254/latest' }), /plain http/],
    [() => ({}), /another issuer/],
  ];
  for (const [document, error] of CASES) {
    const { report, paths } = await fetched(t, describing(document), { discovery: true });
    t.match(report, {
      result: { ok: false, failure: { outcome: 'invalid_response', error } },
      jwksUri: null,
    });
    t.same(paths, ['/.well-known/openid-configuration']);
  }
});

t.test('discovery: a document that is not there is its own failure', async (t) => {
  const { report, paths } = await fetched(t, (_request, response) => response.writeHead(404).end(), {
    discovery: true,
  });
  t.match(report, {
    status: 404,
    result: { ok: false, failure: { outcome: 'http_4xx', error: /HTTP 404/ } },
  });
  t.equal(paths.length, 1);
});
