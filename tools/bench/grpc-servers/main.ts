import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, which } from '../../../src/demo/fetch/command.js';
import { framed } from '../../../src/grpc/frame.js';
import { findGenerator, type Generator } from '../load/find.js';
import { chooseCores } from '../world/cores.js';
import { measureCodecs } from './codecs.js';
import { createLoader } from './load.js';
import { checkBytes, WATCH_BODY } from './message.js';
import { reportOf } from './report.js';
import { asJson, codecFigures, type Machine, type Results, serverFigures } from './results.js';
import { compareServers } from './servers.js';

/** gRPC servers and message codecs for one unary `Check`, side by side (docs/decisions/0013-grpc-server.md). */
const COMMITTED = fileURLToPath(new URL('../../../../bench/grpc-servers.json', import.meta.url));
/** Six servers, so a little over a minute in all. */
const PACE = { rounds: 7, seconds: 1, warmUpSeconds: 2 };

const progress = (line: string): void => void process.stderr.write(`${line}\n`);

const folder = await mkdtemp(join(tmpdir(), 'aviso-ecpds-authz-grpc-servers-'));
try {
  const results = await measured(folder);
  await mkdir(dirname(COMMITTED), { recursive: true });
  await writeFile(COMMITTED, asJson(results));
  process.stdout.write(`${reportOf(results)}\n`);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function measured(folder: string): Promise<Results> {
  const cores = chooseCores((await which('taskset', process.env)) !== null);
  const generator = await findGenerator('h2load', process.env, progress);
  const machine = await describe(generator, cores.server !== null);
  const bodies = { check: join(folder, 'check.bin'), watch: join(folder, 'watch.json') };
  await writeFile(bodies.check, framed(checkBytes()));
  await writeFile(bodies.watch, WATCH_BODY);
  const load = createLoader(generator, cores.load);
  const servers = serverFigures(await compareServers({ load, cores, bodies, ...PACE, progress }));
  progress('messages on their own');
  const codecs = codecFigures(await measureCodecs());
  const date = new Date().toISOString().slice(0, 10);
  return { command: 'npm run bench:grpc-servers', date, machine, servers, codecs };
}

async function describe({ binary, env }: Generator, pinned: boolean): Promise<Machine> {
  const { output } = await run(binary, ['--version'], { env });
  return {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model ?? 'unknown',
    node: process.versions.node,
    h2load: /nghttp2\/([\d.]+)/.exec(output)?.[1] ?? 'unknown',
    pinned,
    loadBefore: loadavg()[0] ?? 0,
  };
}
