import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { configFiles, configuration, start } from '../helpers/command.js';
import { active, startEcpds } from '../helpers/ecpds.js';
import { bearer } from '../helpers/tokens.js';

const CIP = JSON.stringify({ event_type: 'dissemination', identifier: { destination: 'CIP' } });

const watch = (url: unknown, username = 'alice') =>
  fetch(`${url}/api/v1/watch`, {
    method: 'POST',
    headers: { authorization: bearer({ username }) },
    body: CIP,
  });
const ready = async (url: unknown): Promise<number> => (await fetch(`${url}/readyz`)).status;

t.test('a served sidecar decides, drains on SIGTERM and ends with 0', async (t) => {
  const ecpds = await startEcpds({ alice: active('CIP') });
  const { config, remove } = await configFiles([ecpds.url]);
  const sidecar = start(['serve', '--config', config]);
  t.teardown(() => Promise.all([ecpds.close(), remove(), sidecar.process.kill('SIGKILL')]));

  const { http, admin } = await sidecar.event('startup.listening');
  t.equal((await watch(http)).status, 200);
  t.equal((await watch(http, 'bob')).status, 403);
  t.equal(await ready(admin), 200);
  t.equal((await fetch(`${admin}/healthz`)).status, 200);
  t.match(
    await (await fetch(`${admin}/metrics`)).text(),
    /aviso_ecpds_access_decisions_total\{outcome="allow"\} 1/,
  );
  t.equal(
    (await fetch(`${http}/metrics`)).status,
    404,
    'nothing of the admin listener on the decision listener',
  );

  sidecar.process.kill('SIGTERM');
  await sidecar.event('shutdown.started');
  t.equal(await ready(admin), 503, 'not ready while draining');
  const late = await watch(http);
  t.equal(late.status, 200, 'but still answering');
  t.equal(late.headers.get('connection'), 'close');
  const { code, out, err } = await sidecar.finished;
  t.equal(code, 0);
  t.equal(err, '');
  t.notMatch(out, /check\.error|process\.failed/);
});

t.test('connections without a request do not hold the end, and a SIGHUP does not hasten it', async (t) => {
  const { config, remove } = await configFiles(['http://127.0.0.1:9']);
  const sidecar = start(['serve', '--config', config]);
  t.teardown(() => Promise.all([remove(), sidecar.process.kill('SIGKILL')]));
  const { http, grpc, admin } = await sidecar.event('startup.listening');
  for (const address of [http, grpc, admin]) {
    const socket = connect(Number(new URL(String(address)).port), '127.0.0.1');
    t.teardown(() => socket.destroy());
    await new Promise<void>((resolve) => socket.once('connect', resolve));
  }
  const before = performance.now();
  sidecar.process.kill('SIGTERM');
  await sidecar.event('shutdown.started');
  sidecar.process.kill('SIGHUP');
  const { code, err } = await sidecar.finished;
  t.same([code, err], [0, '']);
  t.ok(performance.now() - before > 900, 'the drain takes its second');
  t.ok(performance.now() - before < 5000);
});

t.test('SIGHUP and a changed file reload; a broken file changes nothing and is counted', async (t) => {
  const ecpds = await startEcpds({ alice: active('CIP') });
  const moved = await startEcpds({ alice: active('FOO') });
  const { config, write, remove } = await configFiles([ecpds.url]);
  const sidecar = start(['serve', '--config', config]);
  t.teardown(() => Promise.all([ecpds.close(), moved.close(), remove(), sidecar.process.kill('SIGKILL')]));
  const { http, admin } = await sidecar.event('startup.listening');
  t.equal((await watch(http)).status, 200);

  let seen = sidecar.count();
  const louder = configuration([ecpds.url]);
  await write('aviso.yaml', {
    ...louder,
    sidecar: {
      ...louder.sidecar,
      log_level: 'debug',
      http: { port: 9 },
      tracing: { endpoint: 'http://127.0.0.1:9' },
    },
  });
  sidecar.process.kill('SIGHUP');
  const first = await sidecar.event('configuration.reload.succeeded', seen);
  t.match(first, { cache: 'kept', need_restart: ['sidecar.http', 'sidecar.tracing'], level: 'warn' });
  t.equal((await watch(http)).status, 200);
  t.equal(ecpds.asked.length, 1, 'the cached list was kept');

  seen = sidecar.count();
  await write('aviso.yaml', 'auth: [');
  t.match(await sidecar.event('configuration.reload.failed', seen), {
    level: 'error',
    problems: [{ path: /./ }],
  });
  t.equal((await watch(http)).status, 200, 'the old configuration stays');
  t.match(
    await (await fetch(`${admin}/metrics`)).text(),
    /aviso_authz_config_reloads_total\{outcome="failure"\} [1-9]/,
  );

  seen = sidecar.count();
  await write('aviso.yaml', configuration([moved.url]));
  t.match(await sidecar.event('configuration.reload.succeeded', seen), { cache: 'dropped' });
  t.equal((await watch(http)).status, 403, 'the new server does not list it');
});

t.test('a Unix socket serves as well, also when a killed process left its file behind', async (t) => {
  const ecpds = await startEcpds({ alice: active('CIP') });
  const { folder, config, write, remove } = await configFiles([ecpds.url]);
  t.teardown(() => Promise.all([ecpds.close(), remove()]));
  const socket = join(folder, 'http.sock');
  const overlay = await write('overlay.yaml', {
    sidecar: { http: { socket, port: null }, drain_seconds: 0 },
  });
  const over = (): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const headers = { authorization: bearer({ username: 'alice' }) };
      request({ socketPath: socket, path: '/api/v1/watch', method: 'POST', headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end(CIP);
    });
  const first = start(['serve', '--config', config, '--config', overlay]);
  await first.event('startup.listening');
  t.equal(await over(), 200);
  first.process.kill('SIGKILL');
  await first.finished;
  const second = start(['serve', '--config', config, '--config', overlay]);
  await second.event('startup.listening');
  t.equal(await over(), 200);
  const third = await start(['serve', '--config', config, '--config', overlay]).finished;
  t.equal(third.code, 1, 'a socket in use is not taken away');
  t.match(third.err, /cannot listen: .*EADDRINUSE.*\n +-> .*sidecar\.http.*sidecar\.admin/);
  second.process.kill('SIGTERM');
  t.equal((await second.finished).code, 0);
});
