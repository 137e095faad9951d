const UINT64_MAX = 2n ** 64n - 1n;
/** Below this every reader agrees that a number is in range. */
const SURE = 1e307;
const LARGEST_POWER = 308;

/**
 * Whether `serde_json`, the gateway's reader, takes a JSON number for a double.
 *
 * Near the largest double it refuses numbers that are in range when rounded correctly, and takes some that are not,
 * because it multiplies the leading digits by a power of ten (https://docs.rs/serde_json, feature `float_roundtrip`).
 */
export function isInDoubleRange(lexeme: string): boolean {
  const magnitude = Math.abs(Number(lexeme));
  return magnitude < SURE || survivesMultiplication(lexeme);
}

function survivesMultiplication(lexeme: string): boolean {
  const [, whole = '', fraction = '', exponent = '0'] =
    /^-?([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$/.exec(lexeme) ?? [];
  let significand = 0n;
  let taken = 0;
  for (const digit of whole + fraction) {
    const next = significand * 10n + BigInt(digit);
    if (next > UINT64_MAX) break;
    significand = next;
    taken += 1;
  }
  const power = Number(exponent) + whole.length - taken;
  return power <= LARGEST_POWER && Number.isFinite(Number(significand) * Number(`1e${Math.max(power, 0)}`));
}
