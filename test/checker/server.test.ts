import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import t from 'tap';
import { askServer, destinationListUrl } from '../../src/checker/server.js';
import { asUsername } from '../../src/domain/names.js';
import type { Fetch } from '../../src/http/bounded-get.js';
import { createHttpClient } from '../../src/http/client.js';
import { active, SERVICE, startEcpds } from '../helpers/ecpds.js';

/** The hostile ones must reach ECPDS as the name they are, and change nothing else of the URL. */
const USERNAMES = [
  'alice',
  'a&id=b',
  '../x',
  'a b',
  'a+b',
  'a%26b',
  'a#b',
  'a?b=c',
  'ünï/ø',
  '😀',
  "o'neil",
  'a;b',
  '"<>`{}|\\^',
];
const SETTINGS = { ...SERVICE, targetField: 'name', requestTimeoutMs: 30_000 };

t.test('the URL is the path of ECPDS below the server, prefix and trailing slash or not', async (t) => {
  const url = (server: string) => destinationListUrl(new URL(server), asUsername('alice')).href;
  const path = '/ecpds/v1/destination/list?id=alice';
  t.equal(url('https://ecpds.example'), `https://ecpds.example${path}`);
  t.equal(url('https://ecpds.example/'), `https://ecpds.example${path}`);
  t.equal(url('https://ecpds.example:8443/a/b'), `https://ecpds.example:8443/a/b${path}`);
  t.equal(url('https://ecpds.example/a/b/'), `https://ecpds.example/a/b${path}`);
  t.equal(url('http://[::1]:80/'), `http://[::1]${path}`);
  t.equal(url('https://ecpds.example/%20a'), `https://ecpds.example/%20a${path}`);
});

t.test('no username can be more than the value of id', async (t) => {
  for (const name of USERNAMES) {
    const url = destinationListUrl(new URL('https://ecpds.example/p/'), asUsername(name));
    t.equal(url.pathname, '/p/ecpds/v1/destination/list', name);
    t.same([...url.searchParams], [['id', name]], name);
    t.equal(url.hash, '');
    t.equal(url.host, 'ecpds.example');
  }
});

t.test('a username that makes a URL Aviso cannot send is never asked about', async (t) => {
  const asked: string[] = [];
  const fetch: Fetch = async (url) => {
    asked.push(url.href);
    throw new Error('not to be reached in this test');
  };
  const ask = (name: string) => askServer(SETTINGS, fetch, 0, new URL('http://127.0.0.1'), asUsername(name));
  const room = 65_534 - 'http://127.0.0.1/ecpds/v1/destination/list?id='.length;
  await ask('a'.repeat(room));
  t.equal(asked.length, 1, 'the longest that Aviso sends');
  // Aviso writes the quote as %27, so its URL is the longer one.
  for (const name of ['a'.repeat(room + 1), '日'.repeat(10_000), "'".repeat(22_000)]) {
    t.match(await ask(name), {
      status: null,
      result: { ok: false, failure: { outcome: 'Unreachable', error: 'the URL is too long' } },
    });
  }
  t.equal(asked.length, 1);
});

t.test('the server given is left as it is', async (t) => {
  const server = new URL('https://ecpds.example/p/');
  destinationListUrl(server, asUsername('alice'));
  t.equal(server.href, 'https://ecpds.example/p/');
});

t.test('over the wire, a real server reads the very username that was asked about', async (t) => {
  const ecpds = await startEcpds(
    Object.fromEntries(USERNAMES.map((name) => [name, active(`list of ${name}`)])),
  );
  const client = createHttpClient({ connectTimeoutMs: 30_000, ca: null });
  t.teardown(async () => {
    await client.close();
    await ecpds.close();
  });
  for (const name of USERNAMES) {
    const report = await askServer(SETTINGS, client.fetch, 0, new URL(ecpds.url), asUsername(name));
    t.same(report.result.ok && report.result.value.names, [`list of ${name}`], name);
  }
  t.same(ecpds.asked, USERNAMES);
});

const seen: { authorization: string | null; accept: string | null }[] = [];
let respond: () => Response = () => HttpResponse.json({ destinationList: [], success: 'yes' });
const msw = setupServer(
  http.get('http://ecpds.example/ecpds/v1/destination/list', ({ request }) => {
    seen.push({ authorization: request.headers.get('authorization'), accept: request.headers.get('accept') });
    return respond();
  }),
);
const globalFetch: Fetch = (url, init) => fetch(url, init);
const ask = (settings = SETTINGS) =>
  askServer(settings, globalFetch, 3, new URL('http://ecpds.example/'), asUsername('alice'));

t.test('under msw', async (t) => {
  msw.listen({ onUnhandledRequest: 'error' });
  t.teardown(() => msw.close());

  t.test('the service account goes along as Basic credentials in UTF-8', async (t) => {
    for (const [username, password] of [
      ['svc', 'p:w'],
      ['sérvice', 'pässwörd'],
      ['a', ' '],
    ] as const) {
      seen.length = 0;
      await ask({ ...SETTINGS, username, password });
      const expected = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
      t.same(seen, [{ authorization: expected, accept: 'application/json' }]);
    }
  });

  t.test('a report says which server, what status and how long', async (t) => {
    respond = () => HttpResponse.json({ destinationList: active('CIP'), success: 'yes' });
    const report = await ask({ ...SETTINGS, targetField: 'name' });
    t.match(report, { index: 3, server: new URL('http://ecpds.example/'), targetField: 'name', status: 200 });
    t.ok(report.durationMs >= 0);
    t.same(report.result, { ok: true, value: { names: ['CIP'], total: 1, inactive: 0, malformed: 0 } });
  });

  const usable = { destinationList: active('CIP'), success: 'yes' };
  const outcomes: Record<string, readonly number[]> = {
    Unauthorized: [401],
    Forbidden: [403],
    ClientError: [300, 301, 302, 304, 307, 308, 400, 402, 404, 405, 407, 408, 410, 418, 429, 451, 499],
    ServerError: [500, 501, 502, 503, 504, 520, 599],
    InvalidResponse: [201, 202, 203, 206, 226],
  };
  for (const [outcome, statuses] of Object.entries(outcomes)) {
    t.test(`${outcome} by status, though the body is a usable list`, async (t) => {
      for (const status of statuses) {
        respond = () =>
          status === 304 ? new HttpResponse(null, { status }) : HttpResponse.json(usable, { status });
        const report = await ask();
        t.same(report.result, { ok: false, failure: { outcome, error: `HTTP ${status}` } }, `${status}`);
        t.equal(report.status, status);
      }
    });
  }

  t.test('the content type of an answer is not looked at', async (t) => {
    for (const type of ['text/html', 'application/octet-stream', 'junk']) {
      respond = () => new HttpResponse(JSON.stringify(usable), { headers: { 'content-type': type } });
      t.equal((await ask()).result.ok, true, type);
    }
  });

  t.test('a network error is unreachable, and names no credentials', async (t) => {
    respond = () => HttpResponse.error();
    const report = await ask();
    t.match(report, { status: null, result: { ok: false, failure: { outcome: 'Unreachable' } } });
    t.notMatch(JSON.stringify(report), SERVICE.password);
  });
});
