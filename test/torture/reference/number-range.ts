/** The largest double lies between these two; what is between them as well is too near for every reader to agree. */
const [SURELY_IN, SURELY_OUT] = [1.797e307, 1.798e307];
/** Exponents beyond this are all the same. */
const LARGEST_EXPONENT = 999_999_999;

/** Whether a JSON number is in the range of a double, is not, or is so `near` to its end that either may be said. */
export function rangeOf(lexeme: string): 'in' | 'near' | 'out' {
  if (Math.abs(Number(lexeme)) < 1e308) return 'in';
  const [mantissa = '', exponent = '0'] = lexeme.split(/[eE]/);
  const shifted = Math.min(Number(exponent), LARGEST_EXPONENT) - 1;
  const tenth = Math.abs(Number(`${mantissa}e${shifted}`));
  if (tenth < SURELY_IN) return 'in';
  return tenth > SURELY_OUT ? 'out' : 'near';
}
