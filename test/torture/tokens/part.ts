import { heapInUse, megabytes } from '../fuzz/heap.js';
import { type Held, hold, shares } from '../fuzz/hold.js';
import { Slowest } from '../fuzz/slowest.js';
import { atStandstill } from '../fuzz/standing-date.js';
import { WatchedOutput } from '../fuzz/watched-output.js';
import type { Context, Outcome, Part } from '../part.js';
import type { Case } from '../requests/case.js';
import { judgeInProcess } from '../requests/in-process.js';
import { settingsFor } from '../requests/world/configuration.js';
import { SERVERS, SERVICE_USER } from '../requests/world/ecpds.js';
import { fuzzSecrets } from '../requests/world/secrets.js';
import { createSidecar } from '../requests/world/sidecar.js';
import { NOW, truthOf } from '../requests/world/truth.js';
import type { FuzzedWorld } from '../requests/world/worlds.js';
import { TokenMaker } from './make.js';
import { type TokenPlan, tokenPlans } from './plans.js';
import { type Providers, startProviders } from './providers.js';
import { signersOf } from './signers.js';

const COUNTS = { short: 4000, long: 100_000 };
/** So many tokens are told to the watch for secrets, of which many more are made. */
const TOLD = 20_000;

/** Bearer tokens of which anything may be wrong. */
export const TOKENS: Part = {
  name: 'tokens',
  promise:
    'Tokens made by chance (algorithm, signature, claims, encoding; of the shared secret and of two key providers): each is ' +
    'taken or refused as an independent implementation does, to the second',
  isPure: true,
  run: (context) => atStandstill(NOW, () => run(context)),
};

async function run(context: Context): Promise<Outcome> {
  const providers = await startProviders();
  const world = await sidecars(context, providers);
  const maker = new TokenMaker(signersOf(world.jwtSecret, providers));
  const heapBefore = heapInUse();
  const held = await fuzz(context, maker, world);
  const growth = heapInUse() - heapBefore;
  for (const output of [world.log, world.answers]) output.show();
  for (const one of [world.alone, world.withProviders]) await one.sidecar.close();
  await providers.close();
  const { labels, ...outcome } = held;
  return {
    ...outcome,
    figures: {
      shares: shares(labels),
      'longest decision': `${world.slowest.longestMs.toFixed(1)} ms`,
      'heap growth': megabytes(growth),
    },
  };
}

type World = Awaited<ReturnType<typeof sidecars>>;

async function sidecars(context: Context, { configured, truth }: Providers) {
  const secrets = fuzzSecrets(context);
  const log = new WatchedOutput(context.secrets, 'log of a fuzzed sidecar');
  const common = { world: 'strict', secrets, servers: SERVERS, serviceUser: SERVICE_USER } as const;
  const start = async (providers: Providers['configured']) =>
    createSidecar(await settingsFor({ ...common, providers }), secrets.servicePassword, log);
  const alone: FuzzedWorld = { sidecar: await start([]), truth: truthOf('strict', secrets.jwtSecret) };
  const withProviders: FuzzedWorld = {
    sidecar: await start(configured),
    truth: truthOf('strict', secrets.jwtSecret, truth),
  };
  while (withProviders.sidecar.engine.keys.states().some(({ hadKeys }) => !hadKeys)) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const answers = new WatchedOutput(context.secrets, 'answers of a fuzzed sidecar');
  return { alone, withProviders, log, answers, slowest: new Slowest(), jwtSecret: secrets.jwtSecret };
}

function fuzz(context: Context, maker: TokenMaker, world: World): Promise<Held> {
  let told = 0;
  return hold({
    cases: tokenPlans,
    count: COUNTS[context.size],
    seed: context.seed,
    judge: (plan) => {
      const token = maker.token(plan);
      if (told < TOLD) context.secrets.token(token);
      told += 1;
      const side = plan.sidecar === 'alone' ? world.alone : world.withProviders;
      const { answers, slowest } = world;
      return judgeInProcess(caseOf(plan, token), () => `a token ${JSON.stringify(plan)}`, {
        ...side,
        answers,
        slowest,
      });
    },
    digestOf: (plan) => JSON.stringify(plan),
    progress: (done) => context.say(`${done} tokens`),
  });
}

const caseOf = ({ asks }: TokenPlan, token: string): Case => ({
  world: 'strict',
  method: 'POST',
  target: '/api/v1/watch',
  headers: [['authorization', `Bearer ${token}`]],
  body: Buffer.from(`{"event_type":"${asks}","identifier":{"destination":"CIP"}}`),
  routeOperation: null,
  isLate: false,
});
