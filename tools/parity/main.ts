import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { listening } from '../../src/demo/server.js';
import { startFront, TRANSPORTS } from '../../test/contract/fronts.js';
import { corpus, type WireRequest } from '../../test/parity/corpus.js';
import { RECORDED, writeRecorded } from '../../test/parity/recorded.js';
import { type Comparison, compare } from '../../test/parity/rules.js';
import { sendAll, type WireAnswer } from '../../test/parity/wire.js';
import { startParityWorld } from '../../test/parity/world.js';
import { AVISO_VERSION, findAviso, startAviso } from './aviso.js';

/**
 * Sends the same requests to the real Aviso with its ECPDS plugin and to the sidecar, and compares the verdicts.
 *
 *     npm run parity -- --seed 12 --mutations 50000
 *     npm run parity -- --front envoy_http     the sidecar behind Envoy (or envoy_grpc, nginx)
 *     npm run parity -- --record     keeps Aviso's verdicts for the test suite
 */
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    mutations: { type: 'string', default: '20000' },
    front: { type: 'string', default: 'http' },
    record: { type: 'boolean', default: false },
  },
});
const seed = values.record ? RECORDED.seed : Number(values.seed);
const mutations = values.record ? RECORDED.mutations : Number(values.mutations);

const transport = TRANSPORTS.find((name) => name === values.front);
if (transport === undefined) throw new Error(`--front is one of ${TRANSPORTS.join(', ')}`);
const { port, close: release } = await listening(createServer());
await release();
const world = await startParityWorld(port);
const aviso = await startAviso(await findAviso(process.env, say), world.configFile, port);
const sidecar = await world.startSidecar();
const front = await startFront(transport, sidecar);
try {
  const requests = corpus(seed, mutations);
  say(
    `seed ${seed}: ${requests.length} requests to Aviso ${AVISO_VERSION} and to the sidecar over ${transport}`,
  );
  const [there, here] = [await sendAll(requests, { port }), await sendAll(requests, front)];
  if (values.record) writeRecorded(there);
  process.exitCode = report(requests, there, here);
} finally {
  await front.close();
  await sidecar.stop();
  await aviso.stop();
  await world.close();
}

function report(
  requests: readonly WireRequest[],
  there: readonly WireAnswer[],
  here: readonly WireAnswer[],
): number {
  const counts = new Map<string, number>();
  let violations = 0;
  for (const [i, request] of requests.entries()) {
    const [a, s] = [there[i], here[i]];
    if (a === undefined || s === undefined) throw new Error(`no answer to ${request.name}`);
    const outcome = compare(request, a, s);
    const label = labelOf(outcome, a);
    counts.set(label, (counts.get(label) ?? 0) + 1);
    if (outcome.kind !== 'violation') continue;
    violations += 1;
    say(
      `${outcome.what}: Aviso ${a.status} ${a.code ?? ''}, sidecar ${s.status} ${s.code ?? ''}: ${request.name}`,
    );
    say(
      `    ${request.method} ${request.path} ${Buffer.from(request.body, 'base64').toString('utf8').slice(0, 200)}`,
    );
  }
  for (const [label, count] of [...counts].sort()) say(`${String(count).padStart(8)}  ${label}`);
  say(`${requests.length - violations} passed, ${violations} failed`);
  return violations === 0 ? 0 : 1;
}

function labelOf(outcome: Comparison, aviso: WireAnswer): string {
  if (outcome.kind === 'agree') return aviso.status === 200 ? 'both allow' : 'both refuse';
  if (outcome.kind === 'stricter') return `the sidecar is stricter: ${outcome.reason}`;
  return outcome.kind === 'left_to_aviso'
    ? 'the sidecar allows, Aviso refuses fields of its own'
    : outcome.what;
}
