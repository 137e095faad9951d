import fc from 'fast-check';
import { answerTo } from '../../helpers/raw-http.js';
import { responseFlaw } from '../checks/judge.js';
import { plainMessage } from '../checks/message-plans.js';
import { framed, messageIn } from '../fuzz/h2-client.js';
import type { Judged } from '../fuzz/hold.js';
import type { WatchedOutput } from '../fuzz/watched-output.js';
import { type Prediction, predict } from '../reference/predict.js';
import { isAllow } from '../reference/verdict.js';
import { answerFlaw } from './answer-flaw.js';
import { type Case, type CasePlan, casePlans, isForEnvoy, sentTo } from './case.js';
import type { RunningWorld } from './world/running.js';

/** A plan that can be sent, and over which wire. */
export interface WirePlan {
  readonly plan: CasePlan;
  readonly wire: 'http' | 'grpc';
}

const METHODS = ['POST', 'GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND'];

/** HTTP's own parser refuses some methods and targets; an answer to HEAD has no body to judge. */
const sendable = (plan: CasePlan): CasePlan => ({
  ...plan,
  method: METHODS.includes(plan.method) ? plan.method : 'POST',
  target: /^\/[\x21-\x7e]*$/.test(plan.target) ? plan.target : '/api/v1/replay',
});

export const wirePlans: fc.Arbitrary<WirePlan> = fc
  .record({ plan: casePlans, wire: fc.constantFrom<WirePlan['wire']>('http', 'http', 'grpc') })
  .map(({ plan, wire }) =>
    wire === 'http' ? { wire, plan: sendable(plan) } : { wire, plan: { ...plan, isEnvoy: false } },
  );

const MAX_BODY_BYTES = 262_144;
const TOO_LARGE: Prediction = new Set(['413 PAYLOAD_TOO_LARGE']);

/** Sends a case over HTTP or gRPC and judges the answer; it rejects when there is none in time. */
export const judgeOnWire = (
  { wire }: WirePlan,
  one: Case,
  told: () => string,
  world: RunningWorld,
  seen: WatchedOutput,
): Promise<Judged> => (wire === 'http' ? overHttp(one, told, world, seen) : overGrpc(one, told, world, seen));

async function overHttp(
  one: Case,
  told: () => string,
  { httpPort, truth }: RunningWorld,
  seen: WatchedOutput,
): Promise<Judged> {
  const isTooLarge = one.body.length > MAX_BODY_BYTES;
  const { status, headers, body } = await answerTo(httpPort, requestBytes(one));
  seen.write(JSON.stringify([...headers]) + body);
  const right = isTooLarge ? TOO_LARGE : predict(sentTo(one, true), truth);
  const header = (name: string): string | undefined => headers.get(name)?.join(', ');
  const flaw = answerFlaw({ status, header, body }, right, isForEnvoy(one));
  return judged(`http ${status}`, status === 200, flaw, told, right);
}

async function overGrpc(
  one: Case,
  told: () => string,
  { grpc, truth }: RunningWorld,
  seen: WatchedOutput,
): Promise<Judged> {
  const answer = await grpc.call([framed(plainMessage(one))]);
  seen.write(answer.body.toString('latin1'));
  const message = messageIn(answer);
  const right = predict({ ...sentTo(one, false), target: one.target, isLate: false }, truth);
  if (message === null)
    return judged('grpc failed', false, `the call ended with ${answer.grpcStatus}`, told, right);
  const { response, flaw } = responseFlaw(message, right);
  const status = response.kind === 'refusal' ? response.status : response.kind;
  return judged(`grpc ${status}`, response.kind === 'allow', flaw, told, right);
}

const judged = (
  label: string,
  allowed: boolean,
  flaw: string | null,
  told: () => string,
  right: Prediction,
): Judged => ({
  label,
  allowed,
  flaw:
    flaw === null
      ? null
      : {
          what: `${told()} over ${label}: ${flaw}; right is ${[...right].join(' or ')}`,
          isWrongAllow: allowed && ![...right].some(isAllow),
        },
});

/** Every third body goes in chunks. Of one that is too large no more than the beginning is sent: nobody reads it. */
function requestBytes({ method, target, headers, body }: Case): Buffer[] {
  const isChunked = body.length % 3 === 0 && body.length <= MAX_BODY_BYTES;
  const length = isChunked ? 'transfer-encoding: chunked' : `content-length: ${body.length}`;
  const lines = [
    `${method} ${target} HTTP/1.1`,
    'host: gateway.example',
    length,
    ...headers.map(([name, value]) => `${name}: ${value}`),
  ];
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  if (isChunked) return [head, ...chunksOf(body), Buffer.from('0\r\n\r\n')];
  return [head, body.length > MAX_BODY_BYTES ? body.subarray(0, 1000) : body];
}

function chunksOf(body: Buffer): Buffer[] {
  const middle = Math.ceil(body.length / 2);
  return [body.subarray(0, middle), body.subarray(middle)]
    .filter((part) => part.length > 0)
    .map((part) =>
      Buffer.concat([Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n')]),
    );
}
