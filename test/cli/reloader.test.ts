import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { type FileMark, markOf } from '../../src/cli/file-marks.js';
import { Reloader } from '../../src/cli/reloader.js';
import { loadConfig } from '../../src/config/load.js';
import { selfSigned } from '../helpers/certificate.js';
import { until } from '../helpers/until.js';

const SETTLE_MS = 60;
const LEVEL = (level: string): string => `sidecar:\n  log_level: ${level}\n`;

interface Options {
  readonly intervalMs?: number;
  readonly fails?: boolean;
  /** Called with each file before it is read. */
  readonly swap?: (file: string) => Promise<void>;
}

/** A reloader over real files; `taken` are the log levels taken over, `refused` what was wrong. */
async function reloading(t: Test, options: Options = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'aviso-reloader-'));
  const file = join(folder, 'aviso.yaml');
  await writeFile(file, LEVEL('info'));
  const marks = new Map<string, FileMark>();
  await loadConfig({
    files: [file],
    env: {},
    onRead: async (path) => void marks.set(path, await markOf(path)),
  });
  const taken: string[] = [];
  const refused: string[] = [];
  const broken: unknown[] = [];
  const reloader = new Reloader(
    {
      load: (note) =>
        loadConfig({
          files: [file],
          env: {},
          async onRead(path) {
            await note(path);
            await options.swap?.(path);
          },
        }),
      taken({ config }) {
        if (options.fails === true) throw new Error('no');
        taken.push(config.sidecar.log_level);
      },
      refused: (problems) => refused.push(...problems.map(({ path, problem }) => `${path}: ${problem}`)),
      broke: (cause) => broken.push(cause),
      intervalMs: options.intervalMs ?? 20,
      settleMs: SETTLE_MS,
    },
    marks,
  );
  t.teardown(async () => {
    reloader.close();
    await rm(folder, { recursive: true, force: true });
  });
  return { folder, file, taken, refused, broken, reloader };
}

t.test('a file that has not changed is not read again, unless that is asked for', async (t) => {
  const { taken, reloader } = await reloading(t);
  await pause(5 * SETTLE_MS);
  t.same(taken, []);
  reloader.request();
  await until(() => taken.length > 0);
  t.same(taken, ['info']);
});

t.test('a changed file is taken over when it has stayed as it is', async (t) => {
  const { file, taken, refused } = await reloading(t);
  await writeFile(file, LEVEL('warn'));
  await until(() => taken.length > 0);
  t.same([taken, refused], [['warn'], []]);
});

t.test('half of a file, valid as it may be, is not taken over', async (t) => {
  const { file, taken, refused, reloader } = await reloading(t);
  for (const half of ['', 'sidecar:\n', 'sidecar:\n  drain_seconds: 1\n']) {
    await writeFile(file, half);
    reloader.request();
    await pause(SETTLE_MS / 2);
  }
  await writeFile(file, LEVEL('debug'));
  await until(() => taken.length > 0);
  await pause(3 * SETTLE_MS);
  t.same([taken, refused], [['debug'], []]);
});

t.test('a file that changes while it is read is read again', async (t) => {
  let swapped = false;
  // After it was noted, before it was read.
  const swap = async (file: string): Promise<void> => {
    if (swapped) return;
    swapped = true;
    await writeFile(`${file}.next`, LEVEL('error'));
    await rename(`${file}.next`, file);
    await pause(SETTLE_MS);
  };
  const { taken, reloader } = await reloading(t, { intervalMs: 60_000, swap });
  reloader.request();
  await until(() => taken.length > 0);
  await pause(3 * SETTLE_MS);
  t.same([taken, swapped], [['error'], true], 'once, and as it is now');
});

t.test('a file that has become empty is refused: it may be half of what is to come', async (t) => {
  const { file, taken, refused } = await reloading(t);
  await writeFile(file, '');
  await until(() => refused.length > 0);
  t.match(refused, [/aviso\.yaml: the file has become empty/]);
  await writeFile(file, '{}');
  await until(() => taken.length > 0);
  t.same(taken, ['info']);
});

t.test('a file that is gone is refused once, and its return is noticed', async (t) => {
  const { file, taken, refused } = await reloading(t);
  await rm(file);
  await until(() => refused.length > 0);
  await pause(4 * SETTLE_MS);
  t.match(refused, [/does not exist/]);
  t.equal(refused.length, 1);
  await writeFile(file, LEVEL('warn'));
  await until(() => taken.length > 0);
  t.same(taken, ['warn']);
});

t.test('a file that a refused configuration named is waited for', async (t) => {
  const { folder, file, taken, refused } = await reloading(t);
  const ca = join(folder, 'ca.pem');
  await writeFile(file, `sidecar:\n  log_level: warn\n  ca_file: ${ca}\n`);
  await until(() => refused.length > 0);
  t.match(refused, [/sidecar\.ca_file: the file does not exist/]);
  await writeFile(ca, selfSigned().cert);
  await until(() => taken.length > 0);
  t.same(taken, ['warn']);
});

t.test('files that never stay as they are end in a refusal', async (t) => {
  const { file, taken, refused, reloader } = await reloading(t, { intervalMs: 60_000 });
  let count = 0;
  const writing = setInterval(() => void writeFile(file, LEVEL(count++ % 2 === 0 ? 'warn' : 'info')), 20);
  t.teardown(() => clearInterval(writing));
  reloader.request();
  await until(() => refused.length > 0);
  t.match(refused, [/keep changing/]);
  t.same(taken, []);
});

t.test('who asks often is served by one attempt that begins after the last', async (t) => {
  const { taken, reloader } = await reloading(t);
  for (let i = 0; i < 20; i++) reloader.request();
  await until(() => taken.length > 0);
  await pause(3 * SETTLE_MS);
  t.same(taken, ['info']);
});

t.test('a bug is told once for a change, and the next attempt is made', async (t) => {
  const { file, broken, refused, reloader } = await reloading(t, { fails: true });
  await writeFile(file, LEVEL('warn'));
  await until(() => broken.length > 0);
  await pause(4 * SETTLE_MS);
  t.match(broken, [{ message: 'no' }], 'the change is not tried again and again');
  reloader.request();
  await until(() => broken.length > 1);
  t.same(refused, []);
});

t.test('closed, it takes nothing over any more', async (t) => {
  const { taken, refused, reloader } = await reloading(t);
  reloader.request();
  reloader.close();
  reloader.request();
  await pause(4 * SETTLE_MS);
  t.same([taken, refused], [[], []]);
});
