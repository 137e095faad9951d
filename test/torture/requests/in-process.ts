import type { IncomingMessage } from 'node:http';
import type { Decision } from '../../../src/domain/decision.js';
import { type Answer, answerTo } from '../../../src/transport/answer.js';
import { readEnvoyHttp } from '../../../src/transport/envoy-http/read.js';
import { replyEnvoyHttp } from '../../../src/transport/envoy-http/reply.js';
import { readMessage } from '../../../src/transport/http-message.js';
import { readNative } from '../../../src/transport/http-native/read.js';
import { replyNative } from '../../../src/transport/http-native/reply.js';
import type { Flaw, Judged } from '../fuzz/hold.js';
import type { Slowest } from '../fuzz/slowest.js';
import type { WatchedOutput } from '../fuzz/watched-output.js';
import { type Prediction, predict } from '../reference/predict.js';
import { headerValues } from '../reference/sent-request.js';
import { isAllow } from '../reference/verdict.js';
import type { Truth } from '../reference/world.js';
import { answerFlaw, type HttpAnswer } from './answer-flaw.js';
import { type Case, isForEnvoy, sentTo } from './case.js';
import { userFlaw } from './user-flaw.js';
import { type FuzzedSidecar, STANDSTILL_MS } from './world/sidecar.js';

export interface InProcess {
  readonly sidecar: FuzzedSidecar;
  readonly truth: Truth;
  /** Where answers are shown for secrets. */
  readonly answers: WatchedOutput;
  readonly slowest: Slowest;
}

/** Sends a case through the HTTP adapters and the decider, without a socket, and judges the decision and the answer. */
export async function judgeInProcess(one: Case, told: () => string, world: InProcess): Promise<Judged> {
  const { sidecar, truth, answers, slowest } = world;
  const [{ decision, answer }, tooLongMs] = await slowest.time(() => ask(one, sidecar));
  answers.write(shown(answer));
  const right = predict(sentTo(one, false), truth);
  const verdict = verdictOf(decision, answer);
  const what =
    decisionFlaw(verdict, right) ??
    answerFlaw(readable(answer), right, isForEnvoy(one)) ??
    userFlaw(answer, headerValues(sentTo(one, false), 'authorization'), truth);
  const slow = tooLongMs === null ? null : `it keeps the process busy for ${Math.round(tooLongMs)} ms`;
  const flaw = what ?? slow;
  return {
    label: verdict,
    allowed: answer.allows,
    flaw: flaw === null ? null : flawOf(flaw, told(), right, answer),
  };
}

const flawOf = (what: string, sent: string, right: Prediction, answer: Answer): Flaw => ({
  what: `${sent}: ${what}; right is ${[...right].join(' or ')}`,
  isWrongAllow: answer.allows && ![...right].some(isAllow),
});

async function ask(
  one: Case,
  { decide, engine }: FuzzedSidecar,
): Promise<{ decision: Decision; answer: Answer }> {
  const rawHeaders = one.headers.flat();
  const message = readMessage({ method: one.method, url: one.target, rawHeaders } as IncomingMessage);
  const read = isForEnvoy(one)
    ? readEnvoyHttp(message, one.body, STANDSTILL_MS)
    : readNative(message, one.body);
  const late = one.isLate ? { deadline: STANDSTILL_MS - 1 } : {};
  const request = { ...read, ...late, routeOperation: one.routeOperation };
  const decision = await decide(request);
  const plain = answerTo(decision, { requestId: request.requestId, challenges: engine.challenges });
  return { decision, answer: isForEnvoy(one) ? replyEnvoyHttp(plain) : replyNative(plain) };
}

/** As a verdict of the reference, or what is none of them. */
function verdictOf(decision: Decision, { status, body }: Answer): string {
  switch (decision.kind) {
    case 'allow':
      return `200 ${decision.reason}`;
    case 'deny':
      return `403 ${decision.reason}`;
    case 'forbidden':
      return '403 by role';
    case 'unavailable':
    case 'identity_unavailable':
      return '503 SERVICE_UNAVAILABLE';
    case 'error':
      return '500 INTERNAL_ERROR';
    default:
      return `${status} ${/"code":"([A-Z_]+)"/.exec(body)?.[1]}`;
  }
}

const decisionFlaw = (verdict: string, right: ReadonlySet<string>): string | null =>
  right.has(verdict) ? null : `the decision is ${verdict}`;

const readable = ({ status, headers, body }: Answer): HttpAnswer => ({
  status,
  body,
  header: (name) => {
    const value = headers[name];
    return typeof value === 'object' ? value.join(', ') : value;
  },
});

/** The token that stands in for a provider's is meant for the gateway, and no leak. */
const shown = ({ headers: { authorization: _forGateway, ...headers }, body }: Answer): string =>
  JSON.stringify(headers) + body;
