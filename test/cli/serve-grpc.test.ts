import { once } from 'node:events';
import { connect } from 'node:http2';
import { type AddressInfo, createServer } from 'node:net';
import { Client, credentials } from '@grpc/grpc-js';
import t, { type Test } from 'tap';
import { configFiles, configuration, start } from '../helpers/command.js';
import { active, startEcpds } from '../helpers/ecpds.js';
import { type Called, CHECK, callOnce, checkMessage, HEALTH, verdictIn } from '../helpers/grpc.js';
import { bearer } from '../helpers/tokens.js';

const SERVING: Called = { status: 0, message: Buffer.of(8, 1) };
const NOT_SERVING: Called = { status: 0, message: Buffer.of(8, 2) };

/** A client with a connection of its own, as another of Envoy's workers would have. */
function clientOf(t: Test, address: unknown) {
  const options = { 'grpc.use_local_subchannel_pool': 1 };
  const client = new Client(new URL(String(address)).host, credentials.createInsecure(), options);
  t.teardown(() => client.close());
  return {
    health: () => callOnce(client, HEALTH, Buffer.alloc(0)),
    watch: async (username = 'alice', extensions: Record<string, string> = {}) => {
      const rawBody = Buffer.from('{"event_type":"dissemination","identifier":{"destination":"CIP"}}');
      const headers = [['authorization', bearer({ username })]] as const;
      const { message } = await callOnce(client, CHECK, checkMessage({ headers, rawBody, extensions }));
      return verdictIn(message);
    },
  };
}

async function serving(t: Test, sidecarBlock: object = {}) {
  const ecpds = await startEcpds({ alice: active('CIP') });
  const { config, write, remove } = await configFiles([ecpds.url]);
  const overlay = await write('overlay.yaml', { sidecar: sidecarBlock });
  const sidecar = start(['serve', '--config', config, '--config', overlay]);
  t.teardown(() => Promise.all([ecpds.close(), remove(), sidecar.process.kill('SIGKILL')]));
  return sidecar;
}

t.test('over gRPC, too, a served sidecar decides, drains on SIGTERM and ends with 0', async (t) => {
  const sidecar = await serving(t, { drain_seconds: 2 });
  const { grpc } = await sidecar.event('startup.listening');
  t.match(grpc, /^grpc:\/\/127\.0\.0\.1:[1-9][0-9]*$/);
  const early = clientOf(t, grpc);
  t.same(await early.health(), SERVING);
  t.match(await early.watch(), { allowed: true, kind: 'okResponse' });
  t.match(await early.watch('bob'), { allowed: false, http: 403 });
  t.match(await early.watch('alice', { operation: 'replay' }), { allowed: false, http: 500 });
  t.match(await sidecar.event('auth.ecpds.check.error'), { error_kind: 'route_operation_mismatch' });

  const kept = connect(String(grpc).replace('grpc:', 'http:'));
  t.teardown(() => kept.destroy());
  await once(kept, 'remoteSettings');
  const told = once(kept, 'goaway');

  sidecar.process.kill('SIGTERM');
  await sidecar.event('shutdown.started');
  t.match(await told, [0], 'who is connected is told to take the next call elsewhere');
  t.equal(sidecar.process.exitCode, null, 'before the end');
  const late = clientOf(t, grpc);
  for (const client of [late, early]) {
    t.same(await client.health(), NOT_SERVING, 'no more is wanted');
    t.match(await client.watch(), { allowed: true }, 'and what comes is answered');
  }
  const { code, out, err } = await sidecar.finished;
  t.equal(code, 0);
  t.equal(err, '');
  t.notMatch(out, /process\.failed/);
  t.match(await late.health(), { status: 14 }, 'after the drain nobody is there');
});

t.test('without sidecar.grpc there is no port for it', async (t) => {
  const sidecar = await serving(t, { grpc: null, drain_seconds: 0 });
  const listening = await sidecar.event('startup.listening');
  t.equal(listening['grpc'], null);
  t.equal((await fetch(`${listening['admin']}/readyz`)).status, 200);
  sidecar.process.kill('SIGTERM');
  t.equal((await sidecar.finished).code, 0);
});

t.test(
  'a gRPC port in use ends the start with 1, naming the setting and closing the other ports',
  async (t) => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    t.teardown(() => taken.close());
    const { port } = taken.address() as AddressInfo;
    const { config, write, remove } = await configFiles(['http://127.0.0.1:9']);
    t.teardown(remove);
    const { sidecar } = configuration([]);
    const overlay = await write('overlay.yaml', { sidecar: { ...sidecar, grpc: { port } } });
    const { code, out, err } = await start(['serve', '--config', config, '--config', overlay]).finished;
    t.equal(code, 1);
    t.match(
      err,
      new RegExp(`cannot listen: .*EADDRINUSE.*127\\.0\\.0\\.1:${port}\n +-> .*\`sidecar\\.grpc\``),
    );
    t.notMatch(out, /startup\.listening/);
  },
);
