import type { Decide, Refuse } from '../../decider.js';
import type { Decision } from '../../domain/decision.js';
import type { CallFault, Metadata, UnaryMethod } from '../../grpc/unary.js';
import { answerTo } from '../answer.js';
import { requestIdFrom } from '../request-id.js';
import { readCheck } from './read.js';
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

/** Every way out is a `CheckResponse` of ours; a bug in here fails the call, which Envoy takes for no verdict. */
export function checkMethod(options: CheckOptions): UnaryMethod {
  const refused = (decision: Decision): Uint8Array => {
    const requestId = requestIdFrom(null);
    options.refuse(decision, { transport: 'envoy_grpc', requestId, target: '-', routeLabel: null });
    return replyEnvoyGrpc(answerTo(decision, { requestId, challenges: options.challenges() }), []);
  };
  return {
    handle(message: Uint8Array, metadata: Metadata) {
      const check = readCheck(message, metadata, options.now());
      if (!check.ok) return Promise.resolve(refused(check.failure));
      const { request, forged } = check.value;
      const { requestId } = request;
      return options.decide(request).then(
        (decision) =>
          replyEnvoyGrpc(answerTo(decision, { requestId, challenges: options.challenges() }), forged),
        (cause) => refused({ kind: 'error', errorKind: 'unexpected', cause, cacheOutcome: null }),
      );
    },
    fault: (fault) => refused({ kind: 'invalid', ...FAULTS[fault] }),
  };
}

const FAULTS = {
  compressed: { code: 'UNSUPPORTED_MEDIA_TYPE', message: 'the check must not be compressed' },
  too_large: { code: 'PAYLOAD_TOO_LARGE', message: 'the check is larger than 4 MiB' },
  not_one_message: { code: 'INVALID_REQUEST_SHAPE', message: 'the call must bring one whole message' },
  no_room: { code: 'OVERLOADED', message: 'too many large requests at once' },
  too_slow: { code: 'REQUEST_TIMEOUT', message: 'the check did not arrive in time' },
} as const satisfies Record<CallFault, Pick<Decision & { kind: 'invalid' }, 'code' | 'message'>>;
