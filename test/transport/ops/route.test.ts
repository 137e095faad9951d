import type { AddressInfo } from 'node:net';
import { Counter, Registry } from 'prom-client';
import t, { type Test } from 'tap';
import { createOpsListener, type Readiness } from '../../../src/transport/ops/route.js';
import { closedByPeer, stubbornPeer } from '../../helpers/stubborn-peer.js';

const NO_RECHECK = {
  recheck: () => null,
  token: () => null,
  rechecked: () => undefined,
  failed: () => undefined,
};
const NO_EXPLAIN = {
  explain: () => null,
  token: () => null,
  explained: () => undefined,
  failed: () => undefined,
};

const NO_STATUS = {
  situation: () => Promise.reject(new Error('nobody asks')),
  diagnose: () => {
    throw new Error('nobody asks');
  },
  page: () => '',
  pagePolicy: '',
};

function listener(
  t: Test,
  readiness: () => Readiness = () => ({ ready: true }),
  failed: (cause: unknown) => void = () => undefined,
) {
  const registry = new Registry();
  new Counter({ name: 'a_total', help: 'x', registers: [registry] }).inc(3);
  const app = createOpsListener({
    registry,
    readiness,
    recheck: NO_RECHECK,
    explain: NO_EXPLAIN,
    status: NO_STATUS,
    failed,
  });
  t.teardown(() => app.close());
  return (url: string, method: 'GET' | 'HEAD' | 'POST' = 'GET') => app.inject({ url, method });
}

t.test('/metrics is what Prometheus reads', async (t) => {
  const { statusCode, headers, body } = await listener(t)('/metrics');
  t.equal(statusCode, 200);
  t.match(headers['content-type'], /^text\/plain; version=/);
  t.match(body, /^a_total 3$/m);
});

t.test('/healthz says that the process answers, ready or not', async (t) => {
  const ask = listener(t, () => ({ ready: false, reason: 'draining' }));
  t.equal((await ask('/healthz')).statusCode, 200);
});

t.test('/readyz follows readiness at each request and says why not', async (t) => {
  let state: Readiness = { ready: false, reason: 'starting' };
  const ask = listener(t, () => state);
  const states: Readiness[] = [
    { ready: false, reason: 'starting' },
    { ready: true },
    { ready: false, reason: 'draining' },
  ];
  for (state of states) {
    const { statusCode, body } = await ask('/readyz');
    t.equal(statusCode, state.ready ? 200 : 503);
    t.same(JSON.parse(body), state);
  }
});

t.test('nothing decides here', async (t) => {
  const ask = listener(t);
  for (const url of ['/api/v1/watch', '/envoy/api/v1/watch', '/', '/metrics/', '/nowhere']) {
    for (const method of ['GET', 'POST'] as const) {
      const { statusCode, headers } = await ask(url, method);
      t.equal(statusCode, 404, `${method} ${url}`);
      t.equal('x-aviso-decision' in headers, false);
    }
  }
  t.equal((await ask('/metrics', 'POST')).statusCode, 404);
});

t.test('a peer that does not finish its request, or does not close, is closed', async (t) => {
  const app = createOpsListener({
    registry: new Registry(),
    readiness: () => ({ ready: true }),
    recheck: NO_RECHECK,
    explain: NO_EXPLAIN,
    failed: () => undefined,
    status: NO_STATUS,
    limits: { receiveMs: 200, untakenMs: 200, lingerMs: 100, lookMs: 50 },
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  t.teardown(() => app.close());
  const { port } = app.server.address() as AddressInfo;
  const post =
    'POST /recheck HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{';
  for (const bytes of [
    '',
    'GET /metr',
    post,
    'GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n',
  ]) {
    const { socket, ended } = await stubbornPeer(port);
    socket.write(bytes);
    await ended;
    await closedByPeer(socket);
  }
});

t.test(
  'a thousand scrapes in one packet are a few scrapes, and the rest is told to come later',
  async (t) => {
    const ask = listener(t);
    const statuses = (await Promise.all(Array.from({ length: 1000 }, () => ask('/metrics')))).map(
      ({ statusCode }) => statusCode,
    );
    t.equal(statuses.filter((status) => status === 200).length, 10);
    t.equal(statuses.filter((status) => status === 503).length, 990);
    t.equal((await ask('/metrics')).statusCode, 200, 'and they do not count once they are answered');
  },
);

t.test('a bug is 500 without its message, and told', async (t) => {
  const told: unknown[] = [];
  const bug = new Error('what alice sent');
  const fails = (): never => {
    throw bug;
  };
  const { statusCode, body } = await listener(t, fails, (cause) => told.push(cause))('/readyz');
  t.equal(statusCode, 500);
  t.match(JSON.parse(body), { error: 'internal_error' });
  t.notMatch(body, 'alice');
  t.same(told, [bug]);
});
