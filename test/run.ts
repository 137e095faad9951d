import { spawn } from 'node:child_process';
import { fetchDeployTools } from '../tools/deploy/fetch.js';
import { findEnvoy, findNginx } from '../tools/proxies/fetch.js';
import { testFiles } from './test-files.js';

/**
 * The test command: fetches the real proxies into the cache folder, runs every test file under tap, shows progress a
 * line per file and each failure whole, and ends with what it ran against and the plain line `N passed, N failed`.
 *
 * Arguments narrow it down to files whose path contains one of them. With `--deploy` it fetches and builds what checks
 * `deploy/` and the image, and runs `*.check.ts`: those need root, Go and Debian, which `npm test` does not.
 */
const say = (line: string): void => void process.stdout.write(`${line}\n`);

interface Totals {
  passed: number;
  failed: number;
  skipped: number;
}

/** Reads tap's stream: a line per finished file, every failed assertion with its diagnostics. */
class Progress {
  readonly totals: Totals = { passed: 0, failed: 0, skipped: 0 };
  private rest = '';
  private failing: number | null = null;

  read(chunk: string): void {
    const lines = (this.rest + chunk).split('\n');
    this.rest = lines.pop() ?? '';
    for (const line of lines) this.line(line);
  }

  private line(line: string): void {
    const result = /^( *)(not ok|ok) \d+ - (.*?)(?: # (SKIP|TODO|time=).*)?( \{)?$/.exec(line);
    if (this.failing !== null && result === null && line.startsWith(' '.repeat(this.failing + 2))) {
      say(line);
      return;
    }
    this.failing = null;
    if (result === null) return;
    const [, indent = '', verdict = '', name = '', note] = result;
    if (verdict === 'not ok' && note !== 'TODO') {
      this.failing = indent.length;
      say(line);
    }
    if (indent === '') this.file(verdict, name);
    else if (!line.includes('# time=')) this.count(verdict, note);
  }

  private file(verdict: string, name: string): void {
    say(
      `${verdict === 'ok' ? 'ok    ' : 'FAILED'} ${name.replace(/^dist\/test\//, '').replace(/\.js$/, '')}`,
    );
  }

  /** Counts assertions; the groups around them, which carry a time, are not counted beside what is in them. */
  private count(verdict: string, note: string | undefined): void {
    if (note === 'SKIP') this.totals.skipped += 1;
    else if (verdict === 'ok') this.totals.passed += 1;
    else this.totals.failed += 1;
  }
}

/** Files that build an image want both cores, and more time than most. */
const ONE_AT_A_TIME = ['--jobs=1', '--timeout=600'];

function runTap(files: readonly string[], options: readonly string[], progress: Progress): Promise<number> {
  const tap = spawn('npx', ['--no-install', 'tap', '--reporter=tap', ...options, ...files], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  tap.stdout.setEncoding('utf8').on('data', (chunk: string) => progress.read(chunk));
  return new Promise((resolve) => tap.on('close', (code) => resolve(code ?? 1)));
}

async function main(): Promise<void> {
  const options = { env: process.env, log: (line: string) => say(line) };
  const isDeploy = process.argv.includes('--deploy');
  const filters = process.argv.slice(2).filter((argument) => argument !== '--deploy');
  if (isDeploy) await fetchDeployTools(options);
  const [envoy, nginx] = [await findEnvoy(options), await findNginx(options)];
  const files = testFiles(isDeploy ? '.check.ts' : '.test.ts', filters);
  const progress = new Progress();
  const exitCode = files.length === 0 ? 1 : await runTap(files, isDeploy ? ONE_AT_A_TIME : [], progress);
  const { passed, failed, skipped } = progress.totals;
  say('');
  say(envoy.ok ? `ran real Envoy ${envoy.version} (${envoy.binary})` : `WITHOUT Envoy: ${envoy.why}`);
  say(
    nginx.ok ? `ran real nginx ${nginx.version} with njs (${nginx.binary})` : `WITHOUT nginx: ${nginx.why}`,
  );
  // A file that dies without a failed assertion is a failure, too.
  const counted = failed === 0 && exitCode !== 0 ? 1 : failed;
  say(`${passed} passed, ${counted} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`);
  process.exitCode = exitCode === 0 && counted === 0 ? 0 : 1;
}

await main();
