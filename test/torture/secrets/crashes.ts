import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Files, runCommand } from '../../helpers/command.js';
import { sign } from '../../helpers/tokens.js';
import type { Size } from '../part.js';
import type { Eye } from './eye.js';
import type { Made } from './made.js';
import type { Start } from './scenes.js';
import { type Sidecar, startSidecar } from './sidecar.js';
import { HUGE } from './upstreams.js';

/** What a process leaves behind that ends badly, or that somebody on its host pokes at. */
export async function crash(start: Start, made: Made, files: Files, eye: Eye, size: Size): Promise<void> {
  const faults = await files.write('faults.mjs', faultsWith(made));
  const broken = { ...start, env: { ...start.env, NODE_OPTIONS: nodeOptions(faults, files) } };
  await endBy(broken, 'SIGWINCH', eye, async (sidecar) => {
    await ask(sidecar, 'alice', made);
    await poke(sidecar, files, eye);
  });
  if (size === 'short') return;
  for (const signal of ['SIGCONT', 'SIGTTIN'] as const) await endBy(broken, signal, eye);
  await twoOnOnePort(start, files, eye);
  await exhaust(broken, made, files, eye);
}

/** Reports of Node wherever it makes some: of its own faults, and when SIGPIPE asks for one. */
const nodeOptions = (preloaded: string, { folder }: Files): string =>
  [
    `--import=file://${preloaded}`,
    ...['--report-uncaught-exception', '--report-on-fatalerror', '--report-on-signal'],
    ...['--report-signal=SIGPIPE', `--report-directory=${folder}`],
  ].join(' ');

/** Throws what a library might: an error whose message quotes what it was given. */
function faultsWith(made: Made): string {
  const secrets = JSON.stringify(Object.values(made).join(' '));
  return [
    `const secrets = ${secrets};`,
    'const error = () => Object.assign(new TypeError(secrets, { cause: new Error(secrets) }), { input: secrets });',
    "process.on('SIGWINCH', () => { throw error(); });",
    "process.on('SIGCONT', () => { throw secrets; });",
    "process.on('SIGTTIN', () => void Promise.reject(error()));",
  ].join('\n');
}

async function endBy(
  start: Start,
  signal: NodeJS.Signals,
  eye: Eye,
  first: (sidecar: Sidecar) => Promise<void> = async () => undefined,
): Promise<void> {
  const sidecar = await startSidecar(start, eye);
  await first(sidecar);
  const failed = sidecar.logged('process.failed');
  eye.found.cases += 1;
  await Promise.all([
    failed.catch((cause: unknown) => eye.failed(`${signal}: ${String(cause)}`)),
    sidecar.stop(signal),
  ]);
  if (sidecar.process.exitCode !== 1) eye.failed(`${signal} ended it with ${sidecar.process.exitCode}`);
}

/** SIGUSR1, which opens the inspector of a Node that nobody told otherwise, and a diagnostic report. */
async function poke(sidecar: Sidecar, files: Files, eye: Eye): Promise<void> {
  let errors = '';
  sidecar.process.stderr?.on('data', (chunk: string) => {
    errors += chunk;
  });
  sidecar.process.kill('SIGUSR1');
  sidecar.process.kill('SIGPIPE');
  const report = await reportIn(files.folder);
  eye.found.cases += 2;
  if (report === '') eye.failed('there was no diagnostic report to look at');
  eye.saw('diagnostic reports', report);
  if (/debugger listening/i.test(errors)) eye.failed(`SIGUSR1 opened the inspector: ${errors}`);
}

/** The report, once it is whole; empty when none comes. */
async function reportIn(folder: string): Promise<string> {
  for (let i = 0; i < 200; i++) {
    const names = (await readdir(folder)).filter((name) => name.startsWith('report.'));
    const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
    if (texts.length > 0 && texts.every((text) => text.trimEnd().endsWith('}'))) return texts.join('\n');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return '';
}

/** Fills its memory until Node gives up, which writes a report and aborts. */
async function exhaust({ args, env }: Start, made: Made, files: Files, eye: Eye): Promise<void> {
  const options = `${env['NODE_OPTIONS']} --max-old-space-size=48`;
  const sidecar = await startSidecar({ args, env: { ...env, NODE_OPTIONS: options } }, eye);
  for (let i = 0; i < 40 && sidecar.process.signalCode === null; i++) {
    await ask(sidecar, `${HUGE}${i}`, made).catch(() => undefined);
    eye.found.cases += 1;
  }
  await sidecar.stop('SIGKILL');
  if (sidecar.process.signalCode !== 'SIGABRT') eye.failed('its memory did not run out');
  const report = await reportIn(files.folder);
  if (!report.includes('heap out of memory')) eye.failed('it left no report when its memory ran out');
  eye.saw('diagnostic reports', report);
}

const ask = ({ http }: Sidecar, username: string, { jwtSecret }: Made): Promise<Response> =>
  fetch(`${http}/api/v1/watch`, {
    method: 'POST',
    headers: { authorization: `Bearer ${sign({ username }, jwtSecret)}` },
    body: JSON.stringify({ event_type: 'dissemination', identifier: { destination: 'CIP' } }),
    signal: AbortSignal.timeout(10_000),
  });

async function twoOnOnePort(start: Start, files: Files, eye: Eye): Promise<void> {
  const sidecar = await startSidecar(start, eye);
  const taken = await files.write('taken.yaml', { sidecar: { http: { port: sidecar.httpPort } } });
  const { code, out, err } = await runCommand(['serve', ...start.args, '--config', taken], start.env);
  eye.found.cases += 1;
  if (code !== 1) eye.failed(`a port in use ended it with ${code}`);
  eye.saw('standard error', err);
  eye.saw('logs', out);
  await sidecar.stop();
}
