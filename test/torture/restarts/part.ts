import { seeded } from '../../../tools/drill/random.js';
import { JWT_SECRET } from '../../helpers/tokens.js';
import type { Context, Outcome, Part } from '../part.js';
import { DirectClient } from './direct.js';
import { atTheEdges } from './edges.js';
import { type Edits, startEnvoyForTwo, type Transport, untilHealthy } from './envoys.js';
import { killAll, killOne } from './killing.js';
import { Load, type Weather } from './load.js';
import { asker, type Question } from './questions.js';
import { lookAt, type Pair, restart } from './rolling.js';
import { Tally } from './tally.js';
import { startWorld, type World } from './world.js';

const TRANSPORTS: readonly Transport[] = ['HTTP', 'gRPC'];

interface Scale {
  /** Of each of the two sidecars. */
  readonly restarts: number;
  readonly kills: number;
  readonly drainSeconds: number;
  readonly perSecond: number;
  readonly rounds: number;
  readonly directClients: number;
  readonly edits: Edits;
}

/** Nobody hangs here, and a machine that is busy with other work is no sidecar that is. */
const PATIENT: Edits = [['timeout: 2s\n          interval', 'timeout: 8s\n          interval']];

const SCALES: Readonly<Record<Context['size'], Scale>> = {
  short: {
    restarts: 1,
    kills: 1,
    drainSeconds: 2,
    perSecond: 40,
    rounds: 8,
    directClients: 6,
    // Envoy looks more often, in proportion to the shorter drain.
    edits: [...PATIENT, ['interval: 1s', 'interval: 0.2s']],
  },
  long: {
    restarts: 10,
    kills: 4,
    drainSeconds: 2,
    perSecond: 100,
    rounds: 120,
    directClients: 12,
    edits: PATIENT,
  },
};

export const RESTARTS: Part = {
  name: 'restarts',
  promise:
    'Two sidecars behind Envoy, over HTTP and over gRPC, are restarted in turn under load: no client sees anything but the right answer. A killed one costs 503, never an allow; idle connections never end under a request.',
  run,
};

async function run({ seed, size, secrets, say }: Context): Promise<Outcome> {
  const scale = SCALES[size];
  const tally = new Tally();
  const world = await startWorld(secrets, scale.drainSeconds);
  try {
    const ask = asker(seeded(seed + 1), secrets, JWT_SECRET);
    const running: Pair['running'] = await Promise.all([world.start(0), world.start(1)]);
    await edges(world, tally, scale, ask, seed);
    say('restarts');
    const envoys = await Promise.all(TRANSPORTS.map((transport) => envoyFor(world, transport, scale)));
    try {
      await untilHealthy(envoys, 2);
      const weather: Weather = { killed: [], alone: [] };
      const loads = envoys.map((envoy, index) => {
        const way = `Envoy over ${TRANSPORTS[index]}`;
        const { perSecond } = scale;
        return new Load({ port: envoy.port, way, perSecond, ask, weather, tally, passed: world.passed });
      });
      const { drainSeconds } = scale;
      const pair: Pair = { world, envoys, loads, weather, tally, secrets, drainSeconds, running };
      await underLoad(pair, scale, ask, seed, say);
    } finally {
      await Promise.all(envoys.map((envoy) => envoy.stop()));
    }
  } finally {
    await world.stop();
  }
  return outcomeOf(tally, world, scale);
}

const envoyFor = (world: World, transport: Transport, { edits }: Scale) =>
  startEnvoyForTwo({ transport, ports: world.ports, gatewayPort: world.gateway.port, edits });

async function edges(
  { ports, gateway }: World,
  tally: Tally,
  { rounds }: Scale,
  ask: () => Question,
  seed: number,
): Promise<void> {
  const gatewayPort = gateway.port;
  await Promise.all(
    TRANSPORTS.map((transport, index) =>
      atTheEdges({ transport, ports, gatewayPort, rounds, random: seeded(seed + 10 + index), ask, tally }),
    ),
  );
}

async function underLoad(
  pair: Pair,
  scale: Scale,
  ask: () => Question,
  seed: number,
  say: (line: string) => void,
): Promise<void> {
  const { world, tally, loads, drainSeconds } = pair;
  const sending = loads.map((load) => load.run());
  const direct = Array.from({ length: scale.directClients }, (_, index) => {
    const options = { port: world.ports.http, ask, tally, restMs: drainSeconds * 1000 };
    return new DirectClient({ ...options, random: seeded(seed + 100 + index) }, index % 2 === 0 ? 0 : 1);
  });
  const calling = direct.map((client) => client.run());
  for (let round = 1; round <= scale.restarts; round++) {
    say(`restart ${round} of ${scale.restarts}`);
    await restart(pair, 0);
    await restart(pair, 1);
  }
  // Who asks without a proxy has nobody to tell that a sidecar was killed.
  for (const client of direct) client.stop();
  await Promise.all(calling);
  for (let round = 1; round <= scale.kills; round++) {
    say(`kill ${round} of ${scale.kills}`);
    await killOne(pair, round % 2 === 0 ? 0 : 1);
    await killAll(pair);
  }
  for (const load of loads) load.stop();
  await Promise.all(sending);
  await lookAt(pair, 0);
  await lookAt(pair, 1);
}

function outcomeOf(tally: Tally, world: World, { restarts, kills }: Scale): Outcome {
  const asked = world.ecpds.reduce((sum, server) => sum + server.asked.length, 0);
  for (const serving of world.started)
    for (const event of serving.events)
      if (/process\.failed|check\.error/.test(String(event['event_name'])))
        tally.fail(`a sidecar said ${event['event_name']}: ${JSON.stringify(event).slice(0, 300)}`);
  tally.expect(tally.unavailable > 0, 'no request met a killed sidecar: nothing was tested');
  return {
    cases: tally.cases,
    allowed: tally.allowed,
    wrongAllows: tally.wrongAllows,
    failures: tally.failures,
    figures: {
      restarts: `${2 * restarts}`,
      kills: `${3 * kills}`,
      '503 from kills': `${tally.unavailable}`,
      'calls to ECPDS': `${asked}`,
    },
    digest: null,
  };
}
