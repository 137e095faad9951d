import fc from 'fast-check';
import { framed, messageIn } from '../fuzz/h2-client.js';
import { type Held, hold, type Judged } from '../fuzz/hold.js';
import type { WatchedOutput } from '../fuzz/watched-output.js';
import type { Context } from '../part.js';
import type { Verdict } from '../reference/verdict.js';
import { caseOf } from '../requests/case.js';
import type { TokenShop } from '../requests/plans/people.js';
import type { RunningWorld, RunningWorlds } from '../requests/world/running.js';
import { responseFlaw, rightFor } from './judge.js';
import { type CheckPlan, checkPlans, messageOf } from './message-plans.js';

const TOO_LARGE_BYTES = 4 * 1024 * 1024 + 1;
const LARGE = Buffer.alloc(TOO_LARGE_BYTES, 'x');

/** How a message is framed, and what must come of it whatever is in it; null: what is in it decides. */
interface Framing {
  readonly name: string;
  readonly right: Verdict | null;
  readonly pieces: (message: Buffer) => Buffer[];
}

const SHAPE = '400 INVALID_REQUEST_SHAPE';
const inPieces = (bytes: Buffer): Buffer[] => [bytes.subarray(0, 3), bytes.subarray(3, 9), bytes.subarray(9)];
const SOUND: readonly Framing[] = [
  { name: 'whole', right: null, pieces: (message) => [framed(message)] },
  { name: 'in pieces', right: null, pieces: (message) => inPieces(framed(message)) },
];
const BROKEN: readonly Framing[] = [
  { name: 'compressed', right: '415 UNSUPPORTED_MEDIA_TYPE', pieces: (message) => [framed(message, 1)] },
  {
    name: 'with a strange flag',
    right: '415 UNSUPPORTED_MEDIA_TYPE',
    pieces: (message) => [framed(message, 255)],
  },
  {
    name: 'of a length too short',
    right: SHAPE,
    pieces: (message) => [framed(message, 0, Math.max(0, message.length - 1)), Buffer.of(1)],
  },
  {
    name: 'of a length too long',
    right: SHAPE,
    pieces: (message) => [framed(message, 0, message.length + 1)],
  },
  {
    name: 'of a length without end',
    right: '413 PAYLOAD_TOO_LARGE',
    pieces: (message) => [framed(message, 0, 0xffff_ffff)],
  },
  { name: 'twice', right: SHAPE, pieces: (message) => [framed(message), framed(message)] },
  { name: 'without a frame', right: SHAPE, pieces: () => [] },
  { name: 'cut in its prefix', right: SHAPE, pieces: (message) => [framed(message).subarray(0, 4)] },
];
const HUGE: Framing = { name: 'too large', right: '413 PAYLOAD_TOO_LARGE', pieces: () => [framed(LARGE)] };

interface FramePlan {
  readonly check: CheckPlan;
  readonly framing: Framing;
}
const framePlans: fc.Arbitrary<FramePlan> = fc.record({
  check: checkPlans,
  framing: fc.oneof(
    { weight: 150, arbitrary: fc.constantFrom(...SOUND) },
    { weight: 150, arbitrary: fc.constantFrom(...BROKEN) },
    { weight: 1, arbitrary: fc.constant(HUGE) },
  ),
});

/** The same messages, in sound and broken frames, to gRPC listeners. */
export function overHttp2(
  context: Context,
  shop: TokenShop,
  worlds: RunningWorlds,
  seen: WatchedOutput,
  count: number,
): Promise<Held> {
  const message = ({ check }: FramePlan): Buffer =>
    messageOf(check, caseOf({ ...check.request, isEnvoy: false }, shop));
  return hold({
    cases: framePlans,
    count,
    seed: context.seed + 1,
    judge: (plan) => judge(plan, message(plan), worlds.of(plan.check.request.world), seen),
    digestOf: (plan) => Buffer.concat([Buffer.from(plan.framing.name), message(plan)]),
    progress: (done) => context.say(`${done} calls`),
  });
}

async function judge(
  { framing }: FramePlan,
  sent: Buffer,
  { grpc, truth }: RunningWorld,
  seen: WatchedOutput,
): Promise<Judged> {
  const answer = await grpc.call(framing.pieces(sent));
  seen.write(answer.body.toString('latin1'));
  const right = framing.right === null ? rightFor(sent, truth) : new Set([framing.right]);
  const message = messageIn(answer);
  const { response, flaw } =
    message === null
      ? {
          response: { kind: 'failed' } as const,
          flaw: `the call ended with HTTP ${answer.status}, gRPC ${answer.grpcStatus}`,
        }
      : responseFlaw(message, right);
  const allowed = response.kind === 'allow';
  const what = `check ${framing.name}, ${sent.subarray(0, 2000).toString('base64')}: ${flaw}; right is ${[...right].join(' or ')}`;
  return {
    label: response.kind === 'refusal' ? String(response.status) : response.kind,
    allowed,
    flaw: flaw === null ? null : { what, isWrongAllow: allowed || response.kind === 'flawed' },
  };
}
