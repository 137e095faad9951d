import t from 'tap';
import { fail, ok, unreachable } from '../../src/domain/result.js';

t.test('success and failure are told apart by ok', async (t) => {
  t.same(ok(1), { ok: true, value: 1 });
  t.same(fail('x'), { ok: false, failure: 'x' });
});

t.test('a union member nobody thought of throws instead of passing', async (t) => {
  t.throws(() => unreachable('forgotten' as never), /unreachable/);
});
