import { checkMethod } from '../../../src/transport/envoy-grpc/check.js';
import { heapInUse, megabytes } from '../fuzz/heap.js';
import { hold, type Judged, shares } from '../fuzz/hold.js';
import { Slowest } from '../fuzz/slowest.js';
import { atStandstill } from '../fuzz/standing-date.js';
import { WatchedOutput } from '../fuzz/watched-output.js';
import type { Context, Outcome, Part } from '../part.js';
import { caseOf } from '../requests/case.js';
import { TokenShop } from '../requests/plans/people.js';
import { startWorlds } from '../requests/world/running.js';
import { STANDSTILL_MS } from '../requests/world/sidecar.js';
import { NOW } from '../requests/world/truth.js';
import { type FuzzedWorld, fuzzedWorlds } from '../requests/world/worlds.js';
import { responseFlaw, rightFor } from './judge.js';
import { type CheckPlan, checkPlans, messageOf } from './message-plans.js';
import { overHttp2 } from './over-http2.js';

const COUNTS = { short: { inProcess: 6000, overHttp2: 400 }, long: { inProcess: 80_000, overHttp2: 4000 } };

/** `CheckRequest` messages, whole and damaged, for the gRPC adapter. */
export const CHECKS: Part = {
  name: 'checks',
  promise:
    'CheckRequest messages put together and damaged by chance, in process and in broken frames over HTTP/2: an explicit OK ' +
    'only where the reference allows, else both codes; never an empty message, an exception or a hang',
  isPure: true,
  run: (context) => atStandstill(NOW, () => run(context)),
};

async function run(context: Context): Promise<Outcome> {
  const answers = new WatchedOutput(context.secrets, 'answers to fuzzed checks');
  const log = new WatchedOutput(context.secrets, 'log of a fuzzed sidecar');
  const worlds = await fuzzedWorlds(context, log);
  const shop = new TokenShop(worlds.secrets.jwtSecret, context.secrets);
  const slowest = new Slowest();
  const heapBefore = heapInUse();
  const held = await hold({
    cases: checkPlans,
    count: COUNTS[context.size].inProcess,
    seed: context.seed,
    judge: (plan) => judge(plan, messageFor(plan, shop), worlds.of(plan.request.world), answers, slowest),
    digestOf: (plan) => messageFor(plan, shop),
    progress: (done) => context.say(`${done} messages`),
  });
  const growth = heapInUse() - heapBefore;
  await worlds.close();
  const running = await startWorlds(worlds.secrets, log);
  const wire = await overHttp2(context, shop, running, answers, COUNTS[context.size].overHttp2);
  await running.close();
  for (const output of [answers, log]) output.show();
  return {
    cases: held.cases + wire.cases,
    allowed: held.allowed + wire.allowed,
    wrongAllows: held.wrongAllows + wire.wrongAllows,
    failures: [...held.failures, ...wire.failures],
    figures: {
      'in process': shares(held.labels),
      'over HTTP/2': `${wire.cases} calls: ${shares(wire.labels)}`,
      'longest decision': `${slowest.longestMs.toFixed(1)} ms`,
      'heap growth': megabytes(growth),
    },
    digest: held.digest,
  };
}

const messageFor = (plan: CheckPlan, shop: TokenShop): Buffer =>
  messageOf(plan, caseOf({ ...plan.request, isEnvoy: false }, shop));

async function judge(
  plan: CheckPlan,
  message: Buffer,
  { sidecar, truth }: FuzzedWorld,
  answers: WatchedOutput,
  slowest: Slowest,
): Promise<Judged> {
  const { decide, refuse, engine } = sidecar;
  const method = checkMethod({
    decide,
    refuse,
    challenges: () => engine.challenges,
    now: () => STANDSTILL_MS,
  });
  const [answer, tooLongMs] = await slowest.time(() => method.handle(message, {}));
  if (!(answer instanceof Uint8Array)) throw new Error(`the call failed: ${answer.message}`);
  const bytes = Buffer.from(answer);
  answers.write(bytes.toString('latin1'));
  const right = rightFor(message, truth);
  const { response, flaw } = responseFlaw(bytes, right);
  const slow = tooLongMs === null ? null : `it keeps the process busy for ${Math.round(tooLongMs)} ms`;
  const wrong = flaw ?? slow;
  const allowed = response.kind === 'allow';
  const how = plan.damage.length > 0 ? 'damaged' : 'whole';
  const kind = response.kind === 'refusal' ? String(response.status) : response.kind;
  const sent =
    message.length > 2000
      ? `${message.subarray(0, 300).toString('latin1')}… (${message.length} bytes)`
      : message.toString('base64');
  return {
    label: `${how} ${kind}`,
    allowed,
    flaw:
      wrong === null
        ? null
        : {
            what: `check ${sent} in ${plan.request.world}: ${wrong}; right is ${[...right].join(' or ')}`,
            isWrongAllow: flaw !== null && response.kind !== 'refusal',
          },
  };
}
