/** A size like `512k` in bytes; null when it is none. */
export function bytesOf(text: string | undefined): number | null {
  const [, digits, unit = ''] = /^(\d+)([kmg]?)$/i.exec(text ?? '') ?? [];
  if (digits === undefined) return null;
  return Number(digits) * ({ k: 1024, m: 1024 ** 2, g: 1024 ** 3 }[unit.toLowerCase()] ?? 1);
}

const UNITS: Record<string, number> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 };

/** A time like `35s` or `1m 30s` in seconds; null when it is none. */
export function secondsOf(text: string | undefined): number | null {
  const parts = [...(text ?? '').matchAll(/(\d+)(ms|[smhd])?\s*/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) return null;
  return parts.reduce((sum, [, digits, unit = 's']) => sum + Number(digits) * (UNITS[unit] ?? 1), 0);
}
