import t from 'tap';
import { interleaved } from '../../../tools/bench/rounds.js';

t.test('contestants take turns, and the order is turned round with each round', async (t) => {
  const order: string[] = [];
  const contestant = (name: string) => async (): Promise<number> => order.push(name);
  const announced: string[] = [];
  const measured = await interleaved({ a: contestant('a'), b: contestant('b') }, 3, (name, round) =>
    announced.push(`${round}${name}`),
  );
  t.strictSame(order, ['a', 'b', 'b', 'a', 'a', 'b']);
  t.strictSame(measured, { a: [1, 4, 5], b: [2, 3, 6] }, 'the same index is the same round');
  t.strictSame(announced, ['0a', '0b', '1b', '1a', '2a', '2b']);
});

t.test('a measurement that fails ends the rounds', async (t) => {
  const failing = { a: () => Promise.reject(new Error('no answer')) };
  await t.rejects(
    interleaved(failing, 2, () => undefined),
    { message: 'no answer' },
  );
});
