import { heapInUse, megabytes } from '../fuzz/heap.js';
import { type Held, hold, shares } from '../fuzz/hold.js';
import { Slowest } from '../fuzz/slowest.js';
import { atStandstill } from '../fuzz/standing-date.js';
import { WatchedOutput } from '../fuzz/watched-output.js';
import type { Context, Outcome, Part } from '../part.js';
import { caseOf, casePlans, digestOf, told } from './case.js';
import { judgeInProcess } from './in-process.js';
import { judgeOnWire, wirePlans } from './on-the-wire.js';
import { TokenShop } from './plans/people.js';
import type { WorldSecrets } from './world/configuration.js';
import { startWorlds } from './world/running.js';
import { NOW } from './world/truth.js';
import { fuzzedWorlds } from './world/worlds.js';

const COUNTS = {
  short: { inProcess: 12_000, onTheWire: 800 },
  long: { inProcess: 840_000, onTheWire: 24_000 },
};

/** Whole requests, of which anything may be wrong. */
export const REQUESTS: Part = {
  name: 'requests',
  promise:
    'Whole requests made by chance (method, target, headers, token, body), through the adapters in process and over HTTP and ' +
    'gRPC: each is decided as an independent implementation of the contract decides it',
  isPure: true,
  run: (context) => atStandstill(NOW, () => run(context)),
};

async function run(context: Context): Promise<Outcome> {
  const log = new WatchedOutput(context.secrets, 'log of a fuzzed sidecar');
  const answers = new WatchedOutput(context.secrets, 'answers of a fuzzed sidecar');
  const slowest = new Slowest();
  const worlds = await fuzzedWorlds(context, log);
  const shop = new TokenShop(worlds.secrets.jwtSecret, context.secrets);
  const heapBefore = heapInUse();
  const held = await hold({
    cases: casePlans,
    count: COUNTS[context.size].inProcess,
    seed: context.seed,
    judge: (plan) => {
      const one = caseOf(plan, shop);
      return judgeInProcess(one, () => told(one, plan), { ...worlds.of(one.world), answers, slowest });
    },
    digestOf: (plan) => digestOf(caseOf(plan, shop)),
    progress: (done) => context.say(`${done} in process`),
  });
  const growth = heapInUse() - heapBefore;
  await worlds.close();
  const wire = await onTheWire(context, shop, worlds.secrets, { log, answers });
  for (const output of [log, answers]) output.show();
  return {
    cases: held.cases + wire.cases,
    allowed: held.allowed + wire.allowed,
    wrongAllows: held.wrongAllows + wire.wrongAllows,
    failures: [...held.failures, ...wire.failures],
    figures: {
      'in process': shares(held.labels),
      'on the wire': `${wire.cases} requests: ${shares(wire.labels)}`,
      'longest decision in process': `${slowest.longestMs.toFixed(1)} ms`,
      'heap growth': megabytes(growth),
    },
    digest: held.digest,
  };
}

interface Outputs {
  readonly log: WatchedOutput;
  readonly answers: WatchedOutput;
}

async function onTheWire(
  context: Context,
  shop: TokenShop,
  secrets: WorldSecrets,
  { log, answers }: Outputs,
): Promise<Held> {
  const worlds = await startWorlds(secrets, log);
  try {
    return await hold({
      cases: wirePlans,
      count: COUNTS[context.size].onTheWire,
      seed: context.seed + 1,
      judge: (wirePlan) => {
        const one = caseOf(wirePlan.plan, shop);
        return judgeOnWire(wirePlan, one, () => told(one, wirePlan.plan), worlds.of(one.world), answers);
      },
      digestOf: ({ wire, plan }) => wire + digestOf(caseOf(plan, shop)),
      progress: (done) => context.say(`${done} on the wire`),
    });
  } finally {
    await worlds.close();
  }
}
