import type { Decide, Refuse } from '../../decider.js';
import type { Decision } from '../../domain/decision.js';
import type { CallFault, UnaryMethod } from '../../grpc/unary.js';
import { answerTo, challengesOf } from '../answer.js';
import { requestIdFrom } from '../request-id.js';
import { type Check, readCheck } from './read.js';
import { replyEnvoyGrpc } from './reply.js';

/** `envoy.service.auth.v3.Authorization/Check`. */
export const CHECK_PATH = '/envoy.service.auth.v3.Authorization/Check';

export interface CheckOptions {
  readonly decide: Decide;
  /** For calls that are refused before there is anything to decide on. */
  readonly refuse: Refuse;
  readonly challenges: () => readonly string[];
  /** The monotonic clock, in milliseconds. */
  readonly now: () => number;
}

type Asked = Parameters<Refuse>[1];

/** Every way out is a `CheckResponse` of ours; a bug in here fails the call, which Envoy takes for no verdict. */
export function checkMethod(options: CheckOptions): UnaryMethod {
  const reply = (decision: Decision, requestId: string, forged: readonly string[]): Uint8Array =>
    replyEnvoyGrpc(
      answerTo(decision, { requestId, challenges: challengesOf(decision, options.challenges) }),
      forged,
    );
  const refused = (decision: Decision, request: Asked): Uint8Array => {
    options.refuse(decision, request);
    return reply(decision, request.requestId, []);
  };
  const answered = async ({ request, forged }: Check): Promise<Uint8Array> => {
    try {
      return reply(await options.decide(request), request.requestId, forged);
    } catch (cause) {
      return refused(bug(cause), request);
    }
  };
  return {
    async handle(message, metadata) {
      try {
        const check = readCheck(message, metadata, options.now());
        return check.ok ? await answered(check.value) : refused(check.failure, unread());
      } catch (cause) {
        return refused(bug(cause), unread());
      }
    },
    fault: (fault) => refused({ kind: 'invalid', ...FAULTS[fault] }, unread()),
  };
}

/** A request of which nothing could be read. */
const unread = (): Asked => ({
  transport: 'envoy_grpc',
  requestId: requestIdFrom(null),
  target: '-',
  routeLabel: null,
});

const bug = (cause: unknown): Decision => ({
  kind: 'error',
  errorKind: 'unexpected',
  cause,
  cacheOutcome: null,
});

const FAULTS = {
  compressed: { code: 'UNSUPPORTED_MEDIA_TYPE', message: 'the check must not be compressed' },
  too_large: { code: 'PAYLOAD_TOO_LARGE', message: 'the check is larger than 4 MiB' },
  not_one_message: { code: 'INVALID_REQUEST_SHAPE', message: 'the call must bring one whole message' },
  no_room: { code: 'OVERLOADED', message: 'too many large requests at once' },
  too_slow: { code: 'REQUEST_TIMEOUT', message: 'the check did not arrive in time' },
} as const satisfies Record<CallFault, Pick<Decision & { kind: 'invalid' }, 'code' | 'message'>>;
