import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { configFiles, runCommand, start } from '../helpers/command.js';
import { SERVICE } from '../helpers/ecpds.js';

const PASSWORD = 'password-from-the-environment';
const SERVERS = ['https://ecpds.example.int'];
const OVERRIDE = { AVISOSERVER_ECPDS__PASSWORD: PASSWORD, avisoserver_other__token: PASSWORD };

t.test('a diagnostic report of a running process has no setting of its environment', async (t) => {
  const { folder, config, remove } = await configFiles(SERVERS);
  t.teardown(remove);
  const options = ['--report-on-signal', '--report-signal=SIGPIPE', `--report-directory=${folder}`];
  const sidecar = start(['serve', '--config', config], { ...OVERRIDE, NODE_OPTIONS: options.join(' ') });
  t.teardown(() => sidecar.process.kill('SIGKILL'));
  await sidecar.event('startup.listening');
  sidecar.process.kill('SIGPIPE');
  const report = await reportIn(folder);
  t.match(report, /"javascriptHeap"/, 'there is a report');
  for (const secret of [PASSWORD, SERVICE.password]) t.notOk(report.includes(secret));
});

/** Waits until it is whole. */
async function reportIn(folder: string): Promise<string> {
  for (let i = 0; i < 200; i++) {
    const name = (await readdir(folder)).find((file) => file.startsWith('report.'));
    const text = name === undefined ? '' : await readFile(join(folder, name), 'utf8');
    if (text.trimEnd().endsWith('}')) return text;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return '';
}

t.test('settings of the environment still count after a reload', async (t) => {
  const { config, write, remove } = await configFiles(SERVERS);
  t.teardown(remove);
  const sidecar = start(['serve', '--config', config], {
    AVISOSERVER_SIDECAR__LOG_LEVEL: 'debug',
    AVISOSERVER_AUTH__JWT_SECRET: 'x'.repeat(40),
  });
  t.teardown(() => sidecar.process.kill('SIGKILL'));
  const { admin } = await sidecar.event('startup.listening');
  await write('unused.yaml', {});
  sidecar.process.kill('SIGHUP');
  await sidecar.event('configuration.reload.succeeded');
  const status = await (await fetch(`${admin}/status.json`)).json();
  t.match(JSON.stringify(status), '"log_level":"debug"');
});

t.test('SIGUSR1 opens no inspector', async (t) => {
  const { config, remove } = await configFiles(SERVERS);
  t.teardown(remove);
  const sidecar = start(['serve', '--config', config]);
  await sidecar.event('startup.listening');
  sidecar.process.kill('SIGUSR1');
  await new Promise((resolve) => setTimeout(resolve, 300));
  sidecar.process.kill('SIGTERM');
  const { code, err } = await sidecar.finished;
  t.equal(code, 0, 'it does not end, either');
  t.equal(err, '');
});

t.test('a fault outside any request is told without its message, and ends the process', async (t) => {
  const { config, write, remove } = await configFiles(SERVERS);
  t.teardown(remove);
  const fault = await write(
    'fault.mjs',
    `process.on('SIGWINCH', () => { throw new RangeError('the password is ${PASSWORD}'); });`,
  );
  const sidecar = start(['serve', '--config', config], { NODE_OPTIONS: `--import=file://${fault}` });
  await sidecar.event('startup.listening');
  sidecar.process.kill('SIGWINCH');
  const failed = await sidecar.event('process.failed');
  t.match(failed['error'], /^RangeError\n {4}at .*fault\.mjs/);
  const { code, out, err } = await sidecar.finished;
  t.equal(code, 1);
  t.notOk((out + err).includes(PASSWORD));
});

t.test('so is a fault of a command', async (t) => {
  const { config, write, remove } = await configFiles(SERVERS);
  t.teardown(remove);
  const fault = await write(
    'fault.mjs',
    `const { stringify } = JSON;
    JSON.stringify = (value, ...more) => {
      if (value?.revocation_seconds !== undefined) throw new TypeError('the password is ${PASSWORD}');
      return stringify(value, ...more);
    };`,
  );
  const ended = await runCommand(['validate', '--json', '--config', config], {
    NODE_OPTIONS: `--import=file://${fault}`,
  });
  t.equal(ended.code, 1);
  t.match(ended.err, /^a fault of this program: TypeError\n {4}at .*fault\.mjs/);
  t.notOk((ended.out + ended.err).includes(PASSWORD));
});
