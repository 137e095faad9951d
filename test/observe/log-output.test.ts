import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readFileSync, read as readFrom, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t, { type Test } from 'tap';
import { bufferedOutput } from '../../src/observe/log-output.js';

const READ = promisify(readFrom);
const MIB = 1024 * 1024;

function folder(t: Test): string {
  const path = mkdtempSync(join(tmpdir(), 'aviso-log-'));
  t.teardown(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Both ends of a pipe; reading waits for what is not there yet. */
function pipe(t: Test, flags = 0): { readonly reader: number; readonly writer: number } {
  const path = join(folder(t), 'pipe');
  execFileSync('mkfifo', [path]);
  // A pipe that is opened for one end waits for the other.
  const reader = openSync(path, constants.O_RDWR);
  return { reader, writer: openSync(path, constants.O_WRONLY | flags) };
}

/** An output that notes what it tells. */
function outputTo(fd: number) {
  const told = { dropped: 0, lost: 0, errors: [] as (string | undefined)[] };
  let onError = (): void => undefined;
  const failed = new Promise<void>((resolve) => {
    onError = resolve;
  });
  const output = bufferedOutput({
    fd,
    onDrop: () => {
      told.dropped += 1;
    },
    onLost: () => {
      told.lost += 1;
    },
    onError: ({ code }) => {
      told.errors.push(code);
      onError();
    },
  });
  return { output, told, failed };
}

async function linesFrom(fd: number, count: number): Promise<string[]> {
  const chunk = Buffer.alloc(MIB);
  const lines: string[] = [];
  let rest = '';
  while (lines.length < count) {
    const { bytesRead } = await READ(fd, chunk, 0, chunk.length, null);
    const parts = (rest + chunk.toString('latin1', 0, bytesRead)).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
  }
  return lines;
}

t.test('a reader that stalls costs lines, which are counted, and holds nobody up', async (t) => {
  const { reader, writer } = pipe(t);
  const { output, told } = outputTo(writer);
  const count = 20_000;
  for (let i = 0; i < count; i++) output.write(`${String(i).padEnd(1023, '.')}\n`);
  t.ok(told.dropped > 3000 && told.dropped < 4500, `room for 16 MiB of 20: ${told.dropped} dropped`);
  const kept = count - told.dropped;
  const numbers = (await linesFrom(reader, kept)).map((line) => Number.parseInt(line, 10));
  t.equal(numbers.length, kept, 'every other line arrives');
  t.same(
    numbers,
    Array.from({ length: kept }, (_, i) => i),
    'whole, and in order',
  );
  output.write('and on\n');
  output.flush?.();
  t.same(await linesFrom(reader, 1), ['and on'], 'as soon as there is room again, no more is lost');
  t.equal(told.dropped, count - kept);
  t.same(told.errors, []);
  for (const fd of [reader, writer]) closeSync(fd);
});

t.test('a reader that has gone is reported', async (t) => {
  const { reader, writer } = pipe(t);
  const { output, told, failed } = outputTo(writer);
  closeSync(reader);
  output.write('nobody reads this\n');
  output.flush?.();
  await failed;
  t.same(told.errors, ['EPIPE']);
  t.equal(told.dropped, 0);
  closeSync(writer);
});

t.test('lines wait for company, and the end writes all that wait, and nothing after it', async (t) => {
  const path = join(folder(t), 'log');
  const fd = openSync(path, 'a');
  const { output, told } = outputTo(fd);
  const lines = Array.from({ length: 30 }, (_, i) => `line ${i}\n`);
  for (const line of lines) output.write(line);
  t.equal(readFileSync(path, 'utf8'), '', 'nothing is written while the event loop is busy');
  const finished = output.finish?.();
  output.write('too late\n');
  output.flush?.();
  await finished;
  t.equal(readFileSync(path, 'utf8'), lines.join(''));
  await output.finish?.();
  output.write('too late\n');
  output.flush?.();
  t.equal(readFileSync(path, 'utf8'), lines.join(''), 'and can be asked for twice');
  t.same(told, { dropped: 0, lost: 0, errors: [] });
});

t.test('the end does not wait for a reader that does not read, and says so', async (t) => {
  const { writer } = pipe(t, constants.O_NONBLOCK);
  const { output, told } = outputTo(writer);
  output.write(`${'x'.repeat(MIB)}\n`);
  const startedAt = performance.now();
  await output.finish?.();
  const tookMs = performance.now() - startedAt;
  t.ok(tookMs > 900 && tookMs < 3000, `${tookMs} ms`);
  t.equal(told.lost, 1);
});

t.test('more than a write’s worth is written at the end as well, beside what is being written', async (t) => {
  const path = join(folder(t), 'log');
  const fd = openSync(path, 'a');
  const { output } = outputTo(fd);
  const lines = Array.from({ length: 500 }, (_, i) => `${String(i).padEnd(999, '.')}\n`);
  for (const line of lines) output.write(line);
  await output.finish?.();
  const written = readFileSync(path, 'utf8').split('\n').filter(Boolean);
  t.ok(lines.every((line) => written.includes(line.trimEnd())));
});
