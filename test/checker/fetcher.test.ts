import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { createFetcher } from '../../src/checker/fetcher.js';
import type { PartialOutagePolicy } from '../../src/checker/merge.js';
import type { FetchFailure } from '../../src/domain/fetch-outcome.js';
import type { Fetch } from '../../src/http/bounded-get.js';
import { createHttpClient } from '../../src/http/client.js';
import { selfSigned } from '../helpers/certificate.js';
import { active, type FakeEcpds, type Fault, SERVICE, startEcpds } from '../helpers/ecpds.js';
import { refusedUrl } from '../helpers/http-server.js';
import { contextFor, recordingObserver } from '../helpers/observer.js';
import { ecpdsServers } from '../helpers/servers.js';

const PATIENT_MS = 60_000;
/** Long enough for a healthy server on a busy machine, short enough to wait for. */
const SLOW_MS = 2_000;
const POLICIES: readonly PartialOutagePolicy[] = ['strict', 'any_success'];

const status = (status: number): Fault => ({ kind: 'status', status });
const body = (value: unknown): Fault => ({
  kind: 'body',
  body: typeof value === 'string' ? value : JSON.stringify(value),
});
const usable = { destinationList: active('CIP', 'SECRET'), success: 'yes' };

/** Every way one server can fail, and what it comes to (contract section 3). */
const FAULTS: Record<string, readonly [Fault, FetchFailure]> = {
  '401': [status(401), 'Unauthorized'],
  '403': [status(403), 'Forbidden'],
  '404': [status(404), 'ClientError'],
  '429': [status(429), 'ClientError'],
  '500': [status(500), 'ServerError'],
  '503': [status(503), 'ServerError'],
  HTML: [body('<html>Sign in</html>'), 'InvalidResponse'],
  'an empty body': [body(''), 'InvalidResponse'],
  'success "no"': [body({ ...usable, success: 'no' }), 'InvalidResponse'],
  'success true': [body({ ...usable, success: true }), 'InvalidResponse'],
  'no success': [body({ destinationList: active('CIP') }), 'InvalidResponse'],
  'a list that is no array': [body({ ...usable, destinationList: { 0: 'CIP' } }), 'InvalidResponse'],
  'no list': [body({ success: 'yes' }), 'InvalidResponse'],
  'truncated JSON': [body(JSON.stringify(usable).slice(0, -1)), 'InvalidResponse'],
  'a short body': [{ kind: 'short_body' }, 'Unreachable'],
  'a reset': [{ kind: 'reset' }, 'Unreachable'],
  'an oversized body': [{ kind: 'oversized' }, 'InvalidResponse'],
  'a gzip bomb': [{ kind: 'gzip_bomb' }, 'InvalidResponse'],
  'broken gzip': [
    { kind: 'body', body: 'no gzip', headers: { 'content-encoding': 'gzip' } },
    'InvalidResponse',
  ],
  'something that is not HTTP': [{ kind: 'not_http' }, 'InvalidResponse'],
};
const SLOW: Record<string, readonly [Fault, FetchFailure]> = {
  'slow headers': [{ kind: 'slow_headers' }, 'Unreachable'],
  'a slow body': [{ kind: 'slow_body' }, 'Unreachable'],
};

const client = createHttpClient({ connectTimeoutMs: PATIENT_MS, ca: null });
t.teardown(() => client.close());

async function fetchFrom(
  urls: readonly string[],
  user: string,
  policy: PartialOutagePolicy,
  requestTimeoutMs = PATIENT_MS,
) {
  const observer = recordingObserver();
  const servers = ecpdsServers({ urls, fetch: client.fetch, observer, requestTimeoutMs });
  const result = await createFetcher(servers, policy, observer)(contextFor(user));
  return { result, observer };
}

/** One faulty server alone, and before and after a good one, under both policies: never its list, never a wrong outcome. */
async function checkFault(
  t: Test,
  faulty: string,
  good: FakeEcpds,
  user: string,
  outcome: FetchFailure,
  ms = PATIENT_MS,
) {
  good.users.set(user, active('GOOD'));
  const arrangements = [[faulty], [faulty, good.url], [good.url, faulty]];
  const runs = POLICIES.flatMap((policy) => arrangements.map((urls) => ({ policy, urls })));
  await Promise.all(
    runs.map(async ({ policy, urls }) => {
      const { result, observer } = await fetchFrom(urls, user, policy, ms);
      const what = `${policy}, ${urls.length} servers, ${urls[0] === faulty ? 'the bad one first' : 'the good one first'}`;
      t.equal(result.outcome, outcome, what);
      t.same(observer.steps, [`fetch ${outcome}`], 'one fetch is told of, with the merged outcome');
      t.equal(observer.reports.length, urls.length);
      t.equal(
        result.ok,
        policy === 'any_success' && urls.length === 2,
        'a list only where another server gave one',
      );
      if (result.ok)
        t.same([result.list.has('GOOD'), result.list.has('CIP'), result.list.size], [true, false, 1]);
      t.notMatch(JSON.stringify(observer.reports), SERVICE.password);
    }),
  );
}

async function startPair(t: Test) {
  const [bad, good] = await Promise.all([startEcpds(), startEcpds()]);
  t.teardown(() => Promise.all([bad.close(), good.close()]));
  return { bad, good };
}

for (const [what, [fault, outcome]] of Object.entries(FAULTS)) {
  t.test(`${what} is ${outcome}`, async (t) => {
    const { bad, good } = await startPair(t);
    bad.fault = fault;
    await checkFault(t, bad.url, good, 'alice', outcome);
    t.equal(bad.targets.length, 6, 'asked once per fetch: nothing is tried again');
  });
}

for (const [what, [fault, outcome]] of Object.entries(SLOW)) {
  t.test(`${what} is ${outcome}`, async (t) => {
    const { bad, good } = await startPair(t);
    bad.fault = fault;
    await checkFault(t, bad.url, good, 'alice', outcome, SLOW_MS);
  });
}

t.test('a redirect is a ClientError, and its target is never asked', async (t) => {
  const { bad, good } = await startPair(t);
  const target = await startEcpds({ root: active('CIP') });
  t.teardown(() => target.close());
  bad.fault = { kind: 'redirect', location: `${target.url}/ecpds/v1/destination/list?id=root` };
  await checkFault(t, bad.url, good, 'alice', 'ClientError');
  t.same(target.targets, []);
});

t.test('a refused connection is Unreachable', async (t) => {
  const { good } = await startPair(t);
  await checkFault(t, await refusedUrl(), good, 'alice', 'Unreachable');
});

t.test('a host name that does not exist is Unreachable', async (t) => {
  const { good } = await startPair(t);
  await checkFault(t, 'http://ecpds.invalid', good, 'alice', 'Unreachable');
});

t.test('a certificate that is not trusted is Unreachable, and sees no credentials', async (t) => {
  const { good } = await startPair(t);
  let handled = 0;
  const server = createTlsServer(selfSigned(), () => (handled += 1));
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  await checkFault(t, `https://127.0.0.1:${port}`, good, 'alice', 'Unreachable');
  t.equal(handled, 0);
});

t.test('a body of exactly 16 MiB is still read', async (t) => {
  const { bad } = await startPair(t);
  const text = JSON.stringify({ destinationList: active('CIP'), success: 'yes' });
  const padded = (size: number): Fault => ({ kind: 'body', body: text.padEnd(size, ' ') });
  bad.fault = padded(16 * 1024 * 1024);
  t.equal((await fetchFrom([bad.url], 'alice', 'strict')).result.ok, true);
  bad.fault = padded(16 * 1024 * 1024 + 1);
  t.equal((await fetchFrom([bad.url], 'alice', 'strict')).result.outcome, 'InvalidResponse');
});

t.test('servers are asked in parallel: each waits for the other to be asked', async (t) => {
  const observer = recordingObserver();
  const waiting: (() => void)[] = [];
  const urls = ['http://a.example', 'http://b.example', 'http://c.example'];
  const fetch: Fetch = async (url) => {
    await new Promise<void>((resolve) => {
      waiting.push(resolve);
      if (waiting.length === urls.length) for (const release of waiting) release();
    });
    const text = JSON.stringify({ destinationList: active(url.host), success: 'yes' });
    return { status: 200, headers: new Headers(), body: new Blob([text]).stream() };
  };
  const fetcher = createFetcher(ecpdsServers({ urls, fetch, observer }), 'strict', observer);
  const result = await fetcher(contextFor('alice'));
  t.equal(result.ok && result.list.size, 3);
  t.same(observer.reports.map(({ index }) => index).sort(), [0, 1, 2]);
});

t.test('a bug in what is told of a fetch rejects and is not taken for an outcome', async (t) => {
  const observer = {
    ...recordingObserver(),
    serverAnswered: () => {
      throw new TypeError('a bug');
    },
  };
  const fetch: Fetch = () => Promise.reject(new Error('x'));
  const servers = ecpdsServers({ urls: ['http://a.example'], fetch, observer });
  const fetcher = createFetcher(servers, 'any_success', observer);
  await t.rejects(fetcher(contextFor('alice')), /a bug/);
});
