import type { HeaderValueOption } from '../../grpc/gen/envoy/config/core/v3/base.js';
import { HeaderValueOption_HeaderAppendAction } from '../../grpc/gen/envoy/config/core/v3/base.js';
import { CheckResponse } from '../../grpc/gen/envoy/service/auth/v3/external_auth.js';
import type { StatusCode } from '../../grpc/gen/envoy/type/v3/http_status.js';
import { type CallFailure, GRPC_STATUS, type GrpcStatus } from '../../grpc/status.js';
import type { Answer } from '../answer.js';

/**
 * A decision as a `CheckResponse`.
 *
 * To Envoy an empty response is an allow, and so is any with `status.code` 0, whatever else is in it. So there is one
 * place that writes that 0, reached by an answer that allows and by nothing else; everything else is a
 * `denied_response` with both codes, which Envoy hands to the client as it is (contract section 6, "Envoy gRPC").
 *
 * @param forged the client's own `x-aviso-*` headers
 */
export function replyEnvoyGrpc(answer: Answer, forged: readonly string[]): Uint8Array {
  return answer.allows ? allow(answer, forged) : refuse(answer);
}

/** What of an allow goes to the gateway. */
const UPSTREAM_HEADERS = ['x-aviso-user', 'x-aviso-realm', 'authorization'];
/** Never to reach the gateway but from us. */
const OWN_HEADERS = ['x-aviso-user', 'x-aviso-realm', 'x-aviso-decision'];

function allow({ headers }: Answer, forged: readonly string[]): Uint8Array {
  const names = UPSTREAM_HEADERS.filter((name) => headers[name] !== undefined);
  const remove = new Set([...OWN_HEADERS, ...forged]);
  for (const name of names) remove.delete(name);
  const value = {
    headers: names.map((name) => overwriting(name, headers[name] ?? '')),
    headersToRemove: [...remove],
    responseHeadersToAdd: [],
  };
  return encoded(GRPC_STATUS.OK, { $case: 'okResponse', value });
}

function refuse({ status, headers, body }: Answer): Uint8Array {
  const refusal = REFUSALS.get(status) ?? FAULT;
  const value = {
    status: { code: refusal.http },
    headers: Object.entries(headers).map(([name, text]) => overwriting(name, text)),
    body,
  };
  return encoded(refusal.code, { $case: 'deniedResponse', value });
}

const encoded = (code: GrpcStatus, httpResponse: NonNullable<CheckResponse['httpResponse']>): Uint8Array =>
  CheckResponse.encode({ status: { code, message: '' }, httpResponse }).finish();

function overwriting(key: string, value: string | readonly string[]): HeaderValueOption {
  return {
    header: { key, value: typeof value === 'string' ? value : value.join(', '), rawValue: NOTHING },
    appendAction: HeaderValueOption_HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD,
  };
}

const NOTHING = new Uint8Array();

interface Refusal {
  readonly http: StatusCode;
  readonly code: CallFailure['status'];
}

/** Both codes of every refusal. Neither can be the one that means an allow. */
const REFUSALS: ReadonlyMap<number, Refusal> = new Map<number, Refusal>(
  (
    [
      { http: 400, code: GRPC_STATUS.INVALID_ARGUMENT },
      { http: 401, code: GRPC_STATUS.UNAUTHENTICATED },
      { http: 403, code: GRPC_STATUS.PERMISSION_DENIED },
      { http: 404, code: GRPC_STATUS.NOT_FOUND },
      { http: 408, code: GRPC_STATUS.DEADLINE_EXCEEDED },
      { http: 413, code: GRPC_STATUS.RESOURCE_EXHAUSTED },
      { http: 415, code: GRPC_STATUS.INVALID_ARGUMENT },
      { http: 431, code: GRPC_STATUS.RESOURCE_EXHAUSTED },
      { http: 503, code: GRPC_STATUS.UNAVAILABLE },
    ] as const
  ).map((refusal) => [refusal.http, refusal]),
);
const FAULT: Refusal = { http: 500, code: GRPC_STATUS.INTERNAL };
