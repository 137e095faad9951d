import t from 'tap';
import { isInDoubleRange } from '../../src/json/number-range.js';

/** Verdicts of serde_json 1.0.150, the gateway's reader, on numbers around the largest double. */
const VECTORS: readonly (readonly [lexeme: string, accepted: boolean])[] = [
  ['0', true],
  ['-0.0', true],
  ['0e999', true],
  ['0.000e99999', true],
  ['1e-400', true],
  ['1e-99999', true],
  ['1e308', true],
  ['1E+308', true],
  ['-1e308', true],
  ['1.7976931348623157e308', true],
  ['-1.7976931348623157e308', true],
  ['1.7976931348623158e308', false],
  ['17976931348623157e292', true],
  ['1.8e308', false],
  ['1e309', false],
  ['-1e309', false],
  ['0.1e309', true],
  ['10e307', true],
  ['10e308', false],
  ['1e99999999999999999999', false],
  ['9e307', true],
  [`1${'0'.repeat(308)}`, true],
  [`1${'0'.repeat(309)}`, false],
  [`${'9'.repeat(308)}`, true],
  ['99999999999999999999999', true],
];

for (const [lexeme, accepted] of VECTORS) {
  const shown = lexeme.length > 40 ? `${lexeme.slice(0, 10)}... of ${lexeme.length} digits` : lexeme;
  t.equal(isInDoubleRange(lexeme), accepted, `${shown} is ${accepted ? 'in range' : 'out of range'}`);
}

t.test('some numbers that round to infinity are taken, as serde_json takes them', async (t) => {
  for (const lexeme of ['1.79769313486231581e308', '-1.79769313486231596e308']) {
    t.equal(isInDoubleRange(lexeme), true, lexeme);
  }
});
