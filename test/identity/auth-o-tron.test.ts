import type { IncomingMessage, ServerResponse } from 'node:http';
import t, { type Test } from 'tap';
import { createHttpClient } from '../../src/http/client.js';
import { authOTronResolver } from '../../src/identity/auth-o-tron.js';
import { sharedSecretVerifier } from '../../src/identity/shared-secret.js';
import { refusedUrl, startServer } from '../helpers/http-server.js';
import { JWT_SECRET, sign } from '../helpers/tokens.js';

type Respond = (request: IncomingMessage, response: ServerResponse) => void;
const TOKEN = sign({ username: 'alice', sub: 'ecmwf-alice' });
const PATIENT_MS = 30_000;

function resolverFor(t: Test, url: string, timeoutMs = PATIENT_MS) {
  const client = createHttpClient({ connectTimeoutMs: PATIENT_MS, ca: null });
  t.teardown(() => client.close());
  return authOTronResolver({ url, timeoutMs }, client.fetch, sharedSecretVerifier(JWT_SECRET, Date.now));
}

/** What comes of `Basic abc` when auth-o-tron answers so. */
async function resolutionOf(t: Test, respond: Respond) {
  const server = await startServer(respond);
  t.teardown(() => server.close());
  return resolverFor(t, server.url).resolve(['Basic abc'], PATIENT_MS);
}
const body =
  (text: string | Buffer, headers: Record<string, string> = {}, status = 200): Respond =>
  (_request, response) =>
    response.writeHead(status, headers).end(text);

t.test('the credentials go to /authenticate as they came, in one GET', async (t) => {
  const server = await startServer(body('', { authorization: `Bearer ${TOKEN}` }));
  t.teardown(() => server.close());
  const resolver = resolverFor(t, `${server.url}/prefix/`);
  t.equal(resolver.mode, 'direct');
  const resolution = await resolver.resolve(['bAsIc dXNlcjpwYXNz'], PATIENT_MS);
  t.match(resolution, { kind: 'user', identity: { username: 'alice', realm: 'ecmwf' } });
  t.equal(server.requests.length, 1);
  t.match(server.requests[0], { method: 'GET', url: '/prefix/authenticate' });
  t.equal(server.requests[0]?.headers.authorization, 'bAsIc dXNlcjpwYXNz');
});

const STATUSES: Record<string, readonly number[]> = {
  unauthenticated: [401],
  forbidden: [403],
  unavailable: [300, 302, 307, 400, 404, 407, 418, 429, 500, 502, 503, 504],
};
for (const [kind, statuses] of Object.entries(STATUSES)) {
  for (const status of statuses) {
    t.test(`${status} of auth-o-tron is ${kind}, even with a good token in it`, async (t) => {
      const good = body(JSON.stringify({ token: TOKEN }), { authorization: `Bearer ${TOKEN}` }, status);
      t.equal((await resolutionOf(t, good)).kind, kind);
    });
  }
}

t.test('a redirect is not followed', async (t) => {
  const target = await startServer(body(TOKEN));
  t.teardown(() => target.close());
  const location = `${target.url}/authenticate`;
  const resolution = await resolutionOf(t, (_request, response) =>
    response.writeHead(302, { location }).end(),
  );
  t.equal(resolution.kind, 'unavailable');
  t.equal(target.requests.length, 0);
});

const GOOD: Record<string, Respond> = {
  'the Authorization header': body('', { authorization: `Bearer ${TOKEN}` }),
  'the Authorization header of a 204': body('', { authorization: `Bearer ${TOKEN}` }, 204),
  'the header, whatever the body says': body('<html>', { authorization: `bearer ${TOKEN}` }),
  token: body(JSON.stringify({ token: TOKEN })),
  jwt: body(JSON.stringify({ jwt: TOKEN, expires_in: 1 })),
  access_token: body(JSON.stringify({ access_token: TOKEN, token_type: 'Bearer' })),
  'jwt beside a null token': body(JSON.stringify({ token: null, jwt: TOKEN })),
  'a JSON string': body(JSON.stringify(TOKEN)),
  'the bare text': body(TOKEN),
  'the bare text and a line end': body(`${TOKEN}\n`),
  'the bare text between odd blanks': body(`\u0085${TOKEN}\u00a0`),
  'an object with another member twice': body(`{"token":"${TOKEN}","x":1,"x":2}`),
  'the body when the header has no token': body(TOKEN, { authorization: 'Basic abc' }),
};
for (const [what, respond] of Object.entries(GOOD)) {
  t.test(`a token is found in ${what}`, async (t) => {
    t.match(await resolutionOf(t, respond), { kind: 'user', identity: { username: 'alice' } });
  });
}

const WITHOUT: Record<string, Respond> = {
  nothing: body(''),
  HTML: body('<html>login</html>', { 'content-type': 'text/html' }),
  'JSON without a token': body('{"ok":true}'),
  'a token that is not a string': body('{"token":1}'),
  'a token beside one that is not a string': body(JSON.stringify({ token: TOKEN, jwt: 1 })),
  'two tokens of one name': body(`{"token":"${TOKEN}","token":"${TOKEN}"}`),
  'a list': body(JSON.stringify([TOKEN])),
  null: body('null'),
  'text that is no token': body('not a token'),
  'a token with text around it': body(`token: ${TOKEN}`),
  'a token with a word behind it': body(`${TOKEN} x`),
  'two words far apart': body(`x${' '.repeat(500_000)}y`),
  'a token behind a byte order mark': body(JSON.stringify(`\ufeff${TOKEN}`)),
  'more than a MiB': body(JSON.stringify({ token: TOKEN }) + ' '.repeat(1_048_577)),
};
for (const [what, respond] of Object.entries(WITHOUT)) {
  t.test(`${what} from auth-o-tron is no answer`, async (t) => {
    t.equal((await resolutionOf(t, respond)).kind, 'unavailable');
  });
}

t.test('its token is verified as any other', async (t) => {
  const bad = [
    sign({ username: 'alice' }, 'another secret'),
    sign({ username: 'alice', exp: 1 }),
    sign({ username: '' }),
    `${TOKEN.slice(0, -4)}AAAA`,
  ];
  for (const token of bad) t.equal((await resolutionOf(t, body(token))).kind, 'unauthenticated');
  t.equal((await resolutionOf(t, body('', { authorization: `Bearer ${bad[0]}` }))).kind, 'unauthenticated');
});

const BROKEN: Record<string, Respond> = {
  'a reset': (request) => void request.socket.resetAndDestroy(),
  'something that is not HTTP': (request) => void request.socket.end('SSH-2.0\r\n'),
  'half a body': (request, response) =>
    void response.writeHead(200, { 'content-length': 9999 }).write(TOKEN, () => request.socket.end()),
};
for (const [what, respond] of Object.entries(BROKEN)) {
  t.test(`${what} is unavailable`, async (t) =>
    t.equal((await resolutionOf(t, respond)).kind, 'unavailable'),
  );
}

t.test('a refused connection and an unknown host are unavailable', async (t) => {
  for (const url of [await refusedUrl(), 'http://auth-o-tron.invalid']) {
    t.equal((await resolverFor(t, url).resolve(['Basic abc'], PATIENT_MS)).kind, 'unavailable');
  }
});

t.test('the time it has is the shorter of its own timeout and what is left of the request', async (t) => {
  const server = await startServer(() => undefined);
  t.teardown(() => server.close());
  t.equal((await resolverFor(t, server.url, 20).resolve(['Basic abc'], PATIENT_MS)).kind, 'unavailable');
  for (const remaining of [20, 0.5, 0, -100]) {
    t.equal((await resolverFor(t, server.url).resolve(['Basic abc'], remaining)).kind, 'unavailable');
  }
});

t.test('a body that never ends is unavailable, too', async (t) => {
  const server = await startServer((_request, response) => void response.writeHead(200).write(TOKEN));
  t.teardown(() => server.close());
  t.equal((await resolverFor(t, server.url, 50).resolve(['Basic abc'], PATIENT_MS)).kind, 'unavailable');
});

t.test('auth-o-tron is not asked about nobody or about two', async (t) => {
  const server = await startServer(body(TOKEN));
  t.teardown(() => server.close());
  const resolver = resolverFor(t, server.url);
  const kind = async (...values: string[]) => (await resolver.resolve(values, PATIENT_MS)).kind;
  t.equal(await kind(), 'anonymous');
  t.equal(await kind('Digest abc'), 'anonymous');
  t.equal(await kind('Basic '), 'anonymous');
  t.equal(await kind('Basic a', 'Basic b'), 'unauthenticated');
  t.equal(await kind('Bearer a,Bearer b'), 'unauthenticated');
  t.equal(server.requests.length, 0);
});
