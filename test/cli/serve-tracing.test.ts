import t, { type Test } from 'tap';
import { bodyFor } from '../helpers/authz.js';
import { configFiles, start } from '../helpers/command.js';
import { active, startEcpds } from '../helpers/ecpds.js';
import { type OtlpReceiver, startOtlp } from '../helpers/otlp.js';
import { bearer } from '../helpers/tokens.js';

/** The command with traces to a receiver, and one decision made. */
async function served(t: Test, otlp: OtlpReceiver, env: NodeJS.ProcessEnv = {}) {
  const ecpds = await startEcpds({ alice: active('CIP') });
  const { config, write, remove } = await configFiles([ecpds.url]);
  const overlay = await write('tracing.yaml', { sidecar: { tracing: { endpoint: otlp.url } } });
  const sidecar = start(['serve', '--config', config, '--config', overlay], env);
  t.teardown(() => Promise.all([ecpds.close(), otlp.close(), remove(), sidecar.process.kill('SIGKILL')]));
  const { http } = await sidecar.event('startup.listening');
  const answer = await fetch(`${http}/api/v1/watch`, {
    method: 'POST',
    headers: { authorization: bearer({ username: 'alice' }) },
    body: Buffer.from(bodyFor('dissemination', 'CIP')),
  });
  t.equal(answer.status, 200);
  return sidecar;
}

t.test('what waits to be sent is sent before the process ends', async (t) => {
  const otlp = await startOtlp();
  const sidecar = await served(t, otlp, {
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:1/elsewhere',
    OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=ecmwf',
  });
  t.same(otlp.spans, [], 'nothing is sent in a hurry');
  sidecar.process.kill('SIGTERM');
  t.equal((await sidecar.finished).code, 0);
  t.same(otlp.spans.map(({ kind }) => kind).sort(), [2, 3]);
  t.match(otlp.headers, [{ 'x-tenant': 'ecmwf', 'content-type': 'application/json' }]);
});

t.test('a receiver that hangs keeps no process from ending', async (t) => {
  const otlp = await startOtlp();
  otlp.answer = 'hang';
  const sidecar = await served(t, otlp);
  const startedAt = performance.now();
  sidecar.process.kill('SIGTERM');
  const { code, err } = await sidecar.finished;
  t.equal(code, 0);
  t.equal(err, '');
  t.equal(otlp.bodies.length, 1, 'it was tried');
  // The drain is a second, and sending two.
  t.ok(performance.now() - startedAt < 8000);
});
