import { type App, createApp } from '../app.js';
import { loadConfig } from '../config/load.js';
import { type Seen, send, tokenFor } from '../demo/client.js';
import { writeDemoConfig } from '../demo/config.js';
import { startDemoEcpds } from '../demo/ecpds.js';
import { findEnvoy } from '../demo/envoy-binary.js';
import { startEnvoy } from '../demo/envoy-process.js';
import { startDemoGateway } from '../demo/gateway.js';
import { FIRST_ECPDS, SECOND_ECPDS, STEPS, type Step } from '../demo/scenario.js';
import type { DemoServer } from '../demo/server.js';
import { createWitness, type LoggedEvent, type Witness } from '../demo/witness.js';
import { EXIT, type Terminal } from './terminal.js';

export interface DemoOptions {
  /** End after the requests instead of staying up. */
  readonly once?: boolean;
}

/** Everything the demo runs, on loopback. */
interface Stage {
  readonly app: App;
  readonly witness: Witness;
  readonly secondEcpds: DemoServer;
  readonly jwtSecret: string;
  readonly files: readonly string[];
  /** Where clients connect: Envoy, or the sidecar itself when there is no Envoy. */
  readonly baseUrl: string;
  readonly adminUrl: string;
  close(): Promise<void>;
}

/** Shows a real Envoy allow, deny and refuse watch requests on the word of the sidecar. */
export async function demo({ once }: DemoOptions, terminal: Terminal): Promise<number> {
  const stage = await setUp(terminal);
  let failures = 0;
  try {
    for (const [i, step] of STEPS.entries()) failures += await play(stage, step, i + 1, terminal);
    terminal.out(
      `\nThe runbook's sixth outcome, error (500), is a fault of the sidecar itself: nothing a client or ECPDS does causes it.`,
    );
    if (!once) await stayUp(stage, terminal);
  } finally {
    await stage.close();
  }
  if (failures > 0)
    terminal.err(terminal.paint('red', `${failures} of ${STEPS.length} steps did not come out as expected`));
  else terminal.out(terminal.paint('green', `All ${STEPS.length} requests came out as expected.`));
  return failures === 0 ? EXIT.ok : EXIT.failed;
}

async function setUp(terminal: Terminal): Promise<Stage> {
  const gateway = await startDemoGateway();
  const ecpds = [await startDemoEcpds(FIRST_ECPDS), await startDemoEcpds(SECOND_ECPDS)] as const;
  const config = await writeDemoConfig(ecpds.map(({ port }) => port));
  const loaded = await loadConfig({ files: config.files, env: {} });
  if (!loaded.ok) throw new Error(`the demo's own configuration is wrong: ${JSON.stringify(loaded.failure)}`);
  const witness = createWitness(() => app.metrics.registry);
  const app: App = createApp(loaded.value, witness.output);
  const addresses = await app.start();
  const envoy = await frontWithEnvoy(Number(new URL(addresses.http).port), gateway.port, terminal);
  await witness.since();
  return {
    app,
    witness,
    secondEcpds: ecpds[1],
    jwtSecret: config.jwtSecret,
    files: config.files,
    baseUrl: envoy === null ? addresses.http : `http://127.0.0.1:${envoy.port}`,
    adminUrl: addresses.admin,
    async close() {
      await envoy?.close();
      await app.stop();
      await Promise.all([gateway.close(), ...ecpds.map((server) => server.close())]);
      await config.remove();
    },
  };
}

async function frontWithEnvoy(sidecarPort: number, gatewayPort: number, terminal: Terminal) {
  const found = await findEnvoy({
    env: process.env,
    log: (line) => terminal.err(terminal.paint('dim', line)),
  });
  if (!found.ok) {
    terminal.out(`${terminal.paint('yellow', 'No Envoy to be had')}: ${found.why}`);
    terminal.out(
      'The same requests go to the sidecar itself (native HTTP); an allow is then an empty 200, not a stream.\n',
    );
    return null;
  }
  const envoy = await startEnvoy({ binary: found.binary, sidecarPort, gatewayPort });
  terminal.out(
    `client -> Envoy ${found.version} (:${envoy.port}) -> gateway (:${gatewayPort}), authorized by the sidecar (:${sidecarPort})\n`,
  );
  return envoy;
}

/** Sends one request and shows what the client saw, which event was logged and which counters moved; 1 if unexpected. */
async function play(stage: Stage, step: Step, number: number, terminal: Terminal): Promise<number> {
  if (step.before === 'stop-second-ecpds') await stage.secondEcpds.close();
  const seen = await send(step, stage.baseUrl, stage.jwtSecret);
  const { events, moved } = await stage.witness.since();
  const asExpected = seen.status === step.expected;
  const mark = asExpected
    ? terminal.paint('green', 'ok')
    : terminal.paint('red', `expected ${step.expected}`);
  terminal.out(`${terminal.paint('bold', `${number}. ${step.title}`)}  ${mark}`);
  terminal.out(`   request  ${step.sender}: POST ${step.path} ${terminal.paint('dim', step.body)}`);
  terminal.out(`   client   ${statusText(seen, terminal)}`);
  for (const event of events) terminal.out(`   event    ${eventText(event)}`);
  if (events.length === 0)
    terminal.out('   event    none: the sidecar was not asked, or had nothing to check');
  for (const counter of worthShowing(moved)) terminal.out(`   counter  ${counter} +1`);
  return asExpected ? 0 : 1;
}

/** The runbook's counters; where none moved, the request counters. */
function worthShowing(moved: readonly string[]): readonly string[] {
  const ecpds = moved.filter((name) => name.startsWith('aviso_ecpds_'));
  return ecpds.length > 0 ? ecpds : moved;
}

function statusText({ status, detail }: Seen, terminal: Terminal): string {
  const style = status < 300 ? 'green' : status < 500 ? 'red' : 'yellow';
  return `${terminal.paint(style, String(status))} ${detail}`;
}

const TELLING = [
  'username',
  'reason',
  'cache_outcome',
  'fetch_outcome',
  'status_code',
  'server_index',
  'error',
];

function eventText(event: LoggedEvent): string {
  const fields = TELLING.filter((name) => event[name] !== undefined).map((name) => `${name}=${event[name]}`);
  return `[${event['level']}] event_name=${event['event_name']} ${fields.join(' ')}`;
}

async function stayUp(stage: Stage, terminal: Terminal): Promise<void> {
  const token = tokenFor('alice', stage.jwtSecret);
  const watch = (destination: string) =>
    `curl -iN ${stage.baseUrl}/api/v1/watch -H "Authorization: Bearer $ALICE" -d '{"event_type":"dissemination","identifier":{"destination":"${destination}"}}'`;
  terminal.out(
    [
      '',
      terminal.paint('bold', 'Still up. Try:'),
      `  ALICE=${token}`,
      `  ${watch('CIP')}`,
      `  ${watch('SECRET')}`,
      `  curl -s ${stage.adminUrl}/metrics | grep ^aviso_ecpds`,
      `Configuration: ${stage.files.join(' + ')}. The log follows; end with Ctrl-C.`,
      '',
    ].join('\n'),
  );
  stage.witness.follow((line) => terminal.out(line));
  await new Promise((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
}
