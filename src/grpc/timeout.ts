const UNIT_MS = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 0.001, n: 0.000_001 } as const;

/**
 * The value of a `grpc-timeout` header in milliseconds, or null where it is absent or malformed
 * (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md, "Timeout").
 */
export function grpcTimeoutMs(header: string | string[] | undefined): number | null {
  if (typeof header !== 'string') return null;
  const [, digits = '', unit = ''] = /^([0-9]{1,8})([HMSmun])$/.exec(header) ?? [];
  return isUnit(unit) ? Number(digits) * UNIT_MS[unit] : null;
}

const isUnit = (text: string): text is keyof typeof UNIT_MS => Object.hasOwn(UNIT_MS, text);
