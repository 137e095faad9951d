/** The share of the time a proxy states that is ours; the rest is for the way back (contract section 6, "Deadline"). */
export const DEADLINE_SHARE = 0.9;

/**
 * When to have answered, by an `x-envoy-expected-rq-timeout-ms` header; null where it is absent or malformed.
 *
 * @param now the monotonic clock that deadlines are in, in milliseconds
 */
export function statedDeadline(header: string | string[] | null | undefined, now: number): number | null {
  if (typeof header !== 'string' || !/^[1-9][0-9]{0,8}$/.test(header)) return null;
  return now + Number(header) * DEADLINE_SHARE;
}
