import t from 'tap';
import { CHANGE_MS, TTL_MS } from '../settings.js';
import { listOf } from '../world/lists.js';
import { rightStatuses } from './oracle.js';
import type { Plan } from './plan.js';

const [OLD, NEW] = [listOf('changing-0', 0)[0] ?? '', listOf('changing-0', 1)[0] ?? ''];

const plan = (user: string | null, destination: string): Plan => ({
  ...{ id: 'soak-1', kind: 'changing', transport: 'http', manner: 'whole', user, destination },
  ...{ token: 'x', method: 'POST', path: '/api/v1/watch', body: '', right: { kind: 'by_list' } },
  ...{ holdMs: 0, patienceMs: 0 },
});

/** The right answers to a request for a user whose list changes at `CHANGE_MS`. */
const right = (destination: string, sentMs: number, answeredMs = sentMs + 1, oldestMs = sentMs) =>
  rightStatuses(plan('changing-0', destination), { sentMs, answeredMs }, oldestMs);

t.test('before a change and a TTL after it one answer is right, in between both are', async (t) => {
  t.same(right(OLD, CHANGE_MS - 100), [200]);
  t.same(right(NEW, CHANGE_MS - 100), [403]);
  t.same(right(OLD, CHANGE_MS + TTL_MS / 2), [200, 403]);
  t.same(right(NEW, CHANGE_MS + TTL_MS / 2), [403, 200]);
  t.same(right(OLD, CHANGE_MS + TTL_MS + 100), [403]);
  t.same(right(NEW, CHANGE_MS + TTL_MS + 100), [200]);
});

t.test('an answer that takes until after the change may know of it', async (t) => {
  t.same(right(NEW, CHANGE_MS - 100, CHANGE_MS + 100), [403, 200]);
});

t.test('a fetch that an older request began may answer, however old it is', async (t) => {
  const sent = CHANGE_MS + TTL_MS + 500;
  t.same(right(OLD, sent, sent + 1, CHANGE_MS - 1), [200, 403]);
});

t.test('other lists do not change', async (t) => {
  const [listed = ''] = listOf('steady-3', 0);
  const out = { sentMs: CHANGE_MS, answeredMs: CHANGE_MS };
  t.same(rightStatuses(plan('steady-3', listed), out, 0), [200]);
  t.same(rightStatuses(plan('steady-3', 'SOAK063'), out, 0), [403]);
});
