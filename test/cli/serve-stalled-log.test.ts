import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { configFiles } from '../helpers/command.js';
import { active, startEcpds } from '../helpers/ecpds.js';
import { bearer } from '../helpers/tokens.js';
import { until } from '../helpers/until.js';

const MAIN = new URL('../../src/main.js', import.meta.url).pathname;
const CIP = JSON.stringify({ event_type: 'dissemination', identifier: { destination: 'CIP' } });
/** Of log at level `debug`: more than a pipe or a socket holds, and less than may wait. */
const REQUESTS = 1000;

/** Asks many times, over a few connections. */
async function askMany(socketPath: string): Promise<Set<number | undefined>> {
  const agent = new Agent({ keepAlive: true, maxSockets: 20 });
  const headers = { authorization: bearer({ username: 'alice' }) };
  const ask = async (): Promise<number | undefined> => {
    const sent = request({ socketPath, path: '/api/v1/watch', method: 'POST', agent, headers }).end(CIP);
    const [response] = await once(sent, 'response');
    response.resume();
    await once(response, 'end');
    return response.statusCode;
  };
  const statuses = new Set<number | undefined>();
  for (let i = 0; i < REQUESTS / 20; i++) {
    for (const status of await Promise.all(Array.from({ length: 20 }, ask))) statuses.add(status);
  }
  agent.destroy();
  return statuses;
}

/** A sidecar whose standard output nobody reads, full to the brim. */
async function stalled(t: Test): Promise<{ child: ChildProcess; said: () => string }> {
  const ecpds = await startEcpds({ alice: active('CIP') });
  const { folder, config, write, remove } = await configFiles([ecpds.url]);
  const socket = join(folder, 'http.sock');
  const overlay = await write('overlay.yaml', {
    sidecar: { http: { socket, port: null }, grpc: null, log_level: 'debug', drain_seconds: 1 },
  });
  const args = ['serve', '--config', config, '--config', overlay];
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  t.teardown(async () => {
    child.kill('SIGKILL');
    await Promise.all([ecpds.close(), remove()]);
  });
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  await until(() => existsSync(socket));
  t.same(await askMany(socket), new Set([200]), 'decisions go on');
  return { child, said: () => said };
}

/** How the process ends: its exit code, and after how many milliseconds. */
async function endOf(child: ChildProcess): Promise<{ code: number | null; afterMs: number }> {
  const startedAt = performance.now();
  const [code] = await once(child, 'exit');
  return { code, afterMs: performance.now() - startedAt };
}

t.test('a log that nobody reads does not hold up the end of a drain, and what is lost is said', async (t) => {
  const { child, said } = await stalled(t);
  child.kill('SIGTERM');
  const { code, afterMs } = await endOf(child);
  t.equal(code, 0);
  t.ok(afterMs > 900 && afterMs < 6_000, `${afterMs} ms, of which 1 s are the drain and 1 s is for the log`);
  t.match(said(), 'nobody reads the log: ending without its last lines');
});

t.test('nor does it hold up a second signal', async (t) => {
  const { child } = await stalled(t);
  child.kill('SIGTERM');
  setTimeout(() => child.kill('SIGTERM'), 200);
  const { code, afterMs } = await endOf(child);
  t.equal(code, 1);
  t.ok(afterMs < 4_000, `${afterMs} ms`);
});
