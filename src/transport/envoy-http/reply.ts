import type { Answer } from '../answer.js';

/**
 * Envoy turns any 5xx of an HTTP authorizer into `status_on_error` and drops its body, so these two travel as 4xx and
 * the shipped configuration maps them back (contract section 6, "Envoy HTTP").
 */
export const CARRIERS: ReadonlyMap<number, number> = new Map([
  [503, 424],
  [500, 423],
]);

export function replyEnvoyHttp(answer: Answer): Answer {
  return { ...answer, status: CARRIERS.get(answer.status) ?? answer.status };
}
