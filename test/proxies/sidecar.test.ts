import t, { type Test } from 'tap';
import { configFiles, start } from '../helpers/command.js';
import { active, startEcpds } from '../helpers/ecpds.js';
import { startGateway } from '../helpers/gateway.js';
import { missing } from '../helpers/proxies.js';
import { bearer } from '../helpers/tokens.js';
import { ENVOY_GRPC, ENVOY_HTTP, type Front, NGINX } from './bench.js';
import { type Answer, becomes, send, sendHttp2 } from './client.js';

const CIP = JSON.stringify({ event_type: 'dissemination', identifier: { destination: 'CIP' } });
/** `alice` may read CIP, `bob` may not. */
const ALICE = bearer({ username: 'alice' });
const BOB = bearer({ username: 'bob' });
/** Clients that send one request after the other, half of them for each user. */
const CLIENTS = 16;

for (const [name, front, listener, proxy] of [
  ['Envoy over HTTP', ENVOY_HTTP, 'http', 'envoy'],
  ['Envoy over gRPC', ENVOY_GRPC, 'grpc', 'envoy'],
  ['nginx', NGINX, 'http', 'nginx'],
] as const) {
  const skip = await missing(proxy);
  t.test(`a sidecar killed under load behind ${name}: 503, and nobody passes`, { skip }, async (t) => {
    const { sidecar, gateway, port } = await startAll(t, front, listener);
    const answers: { readonly user: string; readonly answer: Answer }[] = [];
    let isOver = false;
    const client = async (_: unknown, i: number): Promise<void> => {
      const user = i % 2 === 0 ? ALICE : BOB;
      while (!isOver) answers.push({ user, answer: await send(port, watch(user)) });
    };
    const clients = Promise.all(Array.from({ length: CLIENTS }, client));
    t.ok(await becomes(() => answers.length > 10 * CLIENTS), 'all get answers');
    sidecar.process.kill('SIGKILL');
    await sidecar.finished;
    const before = answers.length;
    t.ok(await becomes(() => answers.length > before + 10 * CLIENTS), 'and go on getting some');
    isOver = true;
    await clients;

    const statuses = (of: string) => new Set(answers.filter(({ user }) => user === of).map(statusOf));
    t.same([...statuses(ALICE)].sort(), [200, 503]);
    t.same([...statuses(BOB)].sort(), [403, 503]);
    t.ok(answers.slice(-CLIENTS).every(({ answer }) => answer.status === 503));
    t.ok(gateway.requests.every(({ headers }) => headers.authorization === ALICE));
    const allowed = answers.filter(({ answer }) => answer.status === 200).length;
    t.equal(gateway.requests.length, allowed, 'what was answered 503 had not passed');
  });

  t.test(`a sidecar that drains goes on answering ${name}`, { skip }, async (t) => {
    const { sidecar, gateway, port } = await startAll(t, front, listener);
    t.equal((await send(port, watch(ALICE))).status, 200);
    sidecar.process.kill('SIGTERM');
    await sidecar.event('shutdown.started');
    // A first one may cross with the goodbye on the connection there was. It is refused at once, and that is 503.
    await send(port, watch(ALICE));
    const passed = gateway.requests.length;
    for (let i = 0; i < 5; i++) {
      t.equal((await send(port, watch(ALICE))).status, 200);
      t.equal((await send(port, watch(BOB))).status, 403);
    }
    t.equal(gateway.requests.length, passed + 5);
  });

  t.test(`a body over the limit from an HTTP/2 client is 413 behind ${name}`, { skip }, async (t) => {
    const { gateway, http2Port } = await startAll(t, front, listener);
    const answer = await sendHttp2(http2Port, watch(ALICE, CIP.padEnd(262_145)));
    t.match(answer, { status: 413, text: /^{"code":"PAYLOAD_TOO_LARGE",/ });
    t.same(gateway.requests, []);
    t.equal((await sendHttp2(http2Port, watch(ALICE, CIP.padEnd(262_144)))).status, 200, 'at the limit');
  });
}

const watch = (authorization: string, body = CIP) => ({ headers: { authorization }, body });
const statusOf = ({ answer }: { readonly answer: Answer }): number => answer.status;

/** The command as an operator starts it, between a stand-in ECPDS and a real proxy with a gateway behind it. */
async function startAll(t: Test, front: Front, listener: 'http' | 'grpc') {
  const ecpds = await startEcpds({ alice: active('CIP'), bob: active('FOO') });
  const { config, write, remove } = await configFiles([ecpds.url]);
  const overlay = await write('overlay.yaml', { sidecar: { drain_seconds: 20 } });
  const sidecar = start(['serve', '--config', config, '--config', overlay]);
  const gateway = await startGateway({ everyMs: 5, count: 1 });
  t.teardown(() => Promise.all([ecpds.close(), remove(), gateway.stop(), sidecar.process.kill('SIGKILL')]));
  const listening = await sidecar.event('startup.listening');
  const sidecarPort = Number(new URL(String(listening[listener])).port);
  const proxy = await front.start({ sidecarPort, gatewayPort: gateway.port });
  t.teardown(proxy.stop);
  return { sidecar, gateway, port: proxy.port, http2Port: proxy.http2Port };
}
