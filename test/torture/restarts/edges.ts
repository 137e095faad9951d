import { setTimeout as pause } from 'node:timers/promises';
import { Pool } from 'undici';
import { between, type Random } from '../../../tools/drill/random.js';
import type { RunningProxy } from '../../helpers/proxies.js';
import { authzStats, type Edits, type Ports, startEnvoyForOne, type Transport } from './envoys.js';
import { bodyOf, type Question } from './questions.js';
import type { Tally } from './tally.js';

/** What Envoy waits before it closes an idle connection to the sidecar, scaled down from 60 s; in milliseconds. */
const IDLE_MS = 300;
/** Beside the idle timeout: connections end by age, and after so many requests. */
const editsFor = (transport: Transport): Edits => [
  [
    'common_http_protocol_options: { idle_timeout: 60s }',
    `common_http_protocol_options: { idle_timeout: ${IDLE_MS / 1000}s, max_connection_duration: 1.7s, max_requests_per_connection: ${transport === 'HTTP' ? 3 : 50} }`,
  ],
];
const AT_ONCE = 20;

export interface EdgeOptions {
  readonly transport: Transport;
  readonly ports: Ports;
  readonly gatewayPort: number;
  readonly rounds: number;
  readonly random: Random;
  readonly ask: () => Question;
  readonly tally: Tally;
}

/**
 * Sends bursts over connections that have rested for just as long as Envoy keeps them, and over ones at the end of their
 * age and of their number of requests. Nobody may notice, and it must be Envoy who closes them.
 */
export async function atTheEdges(options: EdgeOptions): Promise<void> {
  const { transport, ports, gatewayPort, rounds, random, tally } = options;
  tally.during = 'rests as long as an idle timeout';
  const envoy = await startEnvoyForOne({ transport, ports, gatewayPort, edits: editsFor(transport) });
  const pool = new Pool(`http://127.0.0.1:${envoy.port}`, { connections: AT_ONCE, keepAliveTimeout: 30_000 });
  for (let round = 0; round < rounds; round++) {
    await Promise.all(Array.from({ length: AT_ONCE }, () => once(pool, options)));
    await pause(IDLE_MS + between(random, [-8, 4]));
  }
  await pause(IDLE_MS + 100);
  await pool.close();
  await checkWhoClosed(envoy, transport, tally);
  await envoy.stop();
}

async function once(pool: Pool, { ask, tally, transport }: EdgeOptions): Promise<void> {
  const question = ask();
  const { authorization, expected } = question;
  tally.cases += 1;
  const headers = authorization === null ? {} : { authorization };
  const { statusCode, body } = await pool.request({
    path: '/api/v1/watch',
    method: 'POST',
    headers,
    body: bodyOf(question),
  });
  await body.dump();
  if (statusCode === 200) tally.allowed += 1;
  if (statusCode === 200 && expected !== 200) tally.wrongAllows += 1;
  tally.expect(
    statusCode === expected,
    `over ${transport}, at the edge of an idle timeout: ${statusCode}, not ${expected}`,
  );
}

async function checkWhoClosed(envoy: RunningProxy, transport: Transport, tally: Tally): Promise<void> {
  const stats = await authzStats(envoy);
  const count = (name: string): number => stats.get(name) ?? 0;
  const remote = count('upstream_cx_destroy_remote');
  tally.expect(
    remote === 0,
    `over ${transport} the sidecar closed ${remote} connections that Envoy was to close`,
  );
  tally.expect(
    count('upstream_cx_idle_timeout') > 0,
    `over ${transport} Envoy never met its idle timeout: nothing was tested`,
  );
}
