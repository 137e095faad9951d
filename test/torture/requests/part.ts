import { randomBytes } from 'node:crypto';
import { heapInUse, megabytes } from '../fuzz/heap.js';
import { type Held, hold, shares } from '../fuzz/hold.js';
import { Slowest } from '../fuzz/slowest.js';
import { atStandstill } from '../fuzz/standing-date.js';
import { WatchedOutput } from '../fuzz/watched-output.js';
import type { Context, Outcome, Part } from '../part.js';
import { type CasePlan, caseOf, casePlans, digestOf, told } from './case.js';
import { type InProcess, judgeInProcess } from './in-process.js';
import { TokenShop } from './plans/people.js';
import { settingsFor } from './world/configuration.js';
import { SERVERS, SERVICE_USER } from './world/ecpds.js';
import { fuzzSecrets } from './world/secrets.js';
import { createSidecar } from './world/sidecar.js';
import { NOW, truthOf, WORLDS } from './world/truth.js';

void randomBytes;
const COUNTS = { short: 10_000, long: 720_000 };

export const REQUESTS: Part = {
  name: 'requests',
  promise: 'x',
  run: (context) => atStandstill(NOW, () => inProcess(context)),
};

async function inProcess(context: Context): Promise<Outcome> {
  const secrets = fuzzSecrets(context);
  const log = new WatchedOutput(context.secrets, 'log of a fuzzed sidecar');
  const answers = new WatchedOutput(context.secrets, 'answers of a fuzzed sidecar');
  const slowest = new Slowest();
  const worlds = new Map<string, InProcess>();
  for (const world of WORLDS) {
    const settings = await settingsFor({ world, secrets, servers: SERVERS, serviceUser: SERVICE_USER });
    const sidecar = createSidecar(settings, secrets.servicePassword, log);
    worlds.set(world, { sidecar, truth: truthOf(world, secrets.jwtSecret), answers, slowest });
  }
  const shop = new TokenShop(secrets.jwtSecret, context.secrets);
  const before = heapInUse();
  const held: Held = await hold({
    cases: casePlans,
    count: COUNTS[context.size],
    seed: context.seed,
    judge: (plan: CasePlan) => {
      const one = caseOf(plan, shop);
      const world = worlds.get(one.world);
      if (world === undefined) throw new Error('x');
      return judgeInProcess(one, () => told(one, plan), world);
    },
    digestOf: (plan) => digestOf(caseOf(plan, shop)),
    progress: (done) => context.say(`${done}`),
  });
  const after = heapInUse();
  log.show();
  answers.show();
  return {
    ...held,
    figures: {
      shares: shares(held.labels),
      heap: megabytes(after - before),
      longest: `${slowest.longestMs.toFixed(1)} ms`,
    },
  };
}
