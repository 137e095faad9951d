import { createHash } from 'node:crypto';
import { seeded } from '../../../tools/drill/random.js';
import { configFiles, runCommand } from '../../helpers/command.js';
import type { Context, Outcome, Part } from '../part.js';
import { askAll, askOddly } from './clients.js';
import { goodCommands, runWith, wrongFiles } from './commands.js';
import { crash } from './crashes.js';
import { credentialsFor } from './credentials.js';
import { Eye, type Found } from './eye.js';
import { type Made, makeSecrets } from './made.js';
import { lookAround } from './operators.js';
import { reloadWrongly } from './reloads.js';
import { ALL, configure, FEW, type Scene, type Start } from './scenes.js';
import { startSidecar } from './sidecar.js';
import { startUpstreams, type Upstreams } from './upstreams.js';

export const SECRETS: Part = {
  name: 'secrets',
  promise:
    'Every request, failure, reload, command and crash, with servers that repeat whatever they are shown: no log, error, metric, page, trace, answer or report has a password, a key or a token.',
  run,
};

interface World {
  readonly context: Context;
  readonly made: Made;
  readonly upstreams: Upstreams;
  readonly found: Found;
}

async function run(context: Context): Promise<Outcome> {
  const { secrets, size, seed } = context;
  const made = makeSecrets(seeded(seed), secrets);
  const upstreams = await startUpstreams(made);
  const found: Found = { cases: 0, allowed: 0, wrongAllows: 0, failures: [] };
  const world = { context, made, upstreams, found };
  const scenes = size === 'short' ? FEW : ALL;
  try {
    await inTurn([
      ...scenes.map((scene) => () => play(scene, world)),
      () => crashes(world),
      () => commands(world),
    ]);
    const eye = new Eye(secrets, found, 'every collector');
    if (upstreams.traces.length === 0) eye.failed('no trace was sent');
    for (const trace of upstreams.traces) eye.saw('traces', trace);
  } finally {
    await upstreams.close();
  }
  const digest = createHash('sha256')
    .update(JSON.stringify([made, scenes, found.cases]))
    .digest('hex');
  return { ...found, failures: found.failures, figures: { sidecars: String(scenes.length) }, digest };
}

/** Two at once: so many cores this is made for. */
async function inTurn(work: readonly (() => Promise<void>)[]): Promise<void> {
  const waiting = [...work];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await next();
  };
  await Promise.all([worker(), worker()]);
}

const nameOf = ({ mode, given, format }: Scene): string => `${mode}, secrets by ${given}, ${format}`;

/** One sidecar with everything that can be asked of it, and a trace collector that breaks on the way. */
async function play(scene: Scene, { context, made, upstreams, found }: World): Promise<void> {
  context.say(nameOf(scene));
  const eye = new Eye(context.secrets, found, nameOf(scene));
  const files = await configFiles([]);
  try {
    const start = await configure(scene, upstreams, made, files);
    const sidecar = await startSidecar(withCollector(start, made), eye);
    const all = credentialsFor(scene, made, upstreams, context.secrets);
    const [alice = { header: '', isAllowed: false }] = all;
    await askAll(sidecar, all, eye);
    await askOddly(sidecar, alice, eye);
    await lookAround(sidecar, made, eye);
    await reloadWrongly({ scene, sidecar, upstreams, files, made, eye }, alice);
    await lookAround(sidecar, made, eye);
    await sidecar.stop();
  } finally {
    await files.remove();
  }
}

/** The collector wants a key, as those of vendors do. */
const withCollector = ({ args, env }: Start, { collectorKey }: Made): Start => ({
  args,
  env: { ...env, OTEL_EXPORTER_OTLP_HEADERS: `authorization=${collectorKey}` },
});

const APART: Scene = { mode: 'providers', given: 'environment', format: 'json' };

/** What operators run, with configurations good and bad. */
async function commands({ context, made, upstreams, found }: World): Promise<void> {
  const isShort = context.size === 'short';
  const eye = new Eye(context.secrets, found, 'commands');
  const files = await configFiles([]);
  try {
    const start = await configure(APART, upstreams, made, files);
    for (const command of goodCommands(isShort)) await runWith(start, command, eye);
    for (const content of wrongFiles(made).slice(0, isShort ? 2 : undefined)) {
      const path = await files.write('wrong.yaml', content);
      const { out, err, code } = await runCommand(['serve', '--config', path]);
      if (code !== 2) eye.failed(`it was taken: ${JSON.stringify(content)}`);
      eye.saw('commands', `${out}\n${err}`);
    }
  } finally {
    await files.remove();
  }
}

/** What ends badly; without the collector's key, since reports of Node 20 have the environment of libraries. */
async function crashes({ context, made, upstreams, found }: World): Promise<void> {
  const eye = new Eye(context.secrets, found, 'crashes');
  const files = await configFiles([]);
  try {
    const { args, env } = await configure(APART, upstreams, made, files);
    const overlay = { sidecar: { tracing: { endpoint: upstreams.brokenCollector } } };
    const broken = await files.write('collector.yaml', overlay);
    await crash({ args: [...args, '--config', broken], env }, made, files, eye, context.size);
  } finally {
    await files.remove();
  }
}
