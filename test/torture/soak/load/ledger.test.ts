import t from 'tap';
import { emptyLedger, enter, enterLatency } from './ledger.js';
import type { Plan } from './plan.js';
import type { Came } from './wire.js';

const PLAN: Plan = {
  ...{ id: 'soak-1', kind: 'not_listed', transport: 'http', manner: 'whole', user: 'steady-0' },
  ...{ destination: 'SOAK063', token: 'x', method: 'POST', path: '/api/v1/watch', body: '' },
  ...{ right: { kind: 'by_list' }, holdMs: 0, patienceMs: 0 },
};
const OUT = { sentMs: 10, answeredMs: 12 };

function entered(change: Partial<Plan>, came: Came, out = OUT) {
  const ledger = emptyLedger();
  enter(ledger, { ...PLAN, ...change }, came, out, out.sentMs);
  return ledger;
}

const answered = (status: number, change = {}): Came => ({
  kind: 'answered',
  answer: { status, allows: status === 200, requestId: 'soak-1', user: null, ...change },
});

t.test('the right answer is entered under its status and outcome', async (t) => {
  const ledger = entered({}, answered(403));
  t.same(ledger.failures, []);
  t.same(ledger.statuses, { 'http 403': { seen: 1, unseen: 0 } });
  t.same(ledger.outcomes, { deny_destination: { seen: 1, unseen: 0 } });
});

t.test('a wrong allow and a wrong denial are told apart', async (t) => {
  const allow = entered({}, answered(200, { user: 'steady-0' }));
  t.same([allow.wrongAllows, allow.wrongDenials, allow.failed], [1, 0, 1]);
  t.match(allow.failures[0], /soak-1 \(not_listed, http, whole, steady-0 for SOAK063\): 200 came, not 403/);
  const denial = entered({ destination: 'SOAK000' }, answered(403));
  t.same([denial.wrongAllows, denial.wrongDenials, denial.failed], [0, 1, 1]);
});

t.test('an answer to another request, or for another user, is a failure', async (t) => {
  t.match(entered({}, answered(403, { requestId: 'soak-2' })).failures, [/the answer to soak-2 came/]);
  const other = entered({ destination: 'SOAK000' }, answered(200, { user: 'steady-1' }));
  t.match(other.failures, [/an allow for steady-1 came/]);
});

t.test('a request without an answer is a failure, unless its client went away as planned', async (t) => {
  t.match(entered({}, { kind: 'ended', why: 'closed' }).failures, [/no answer \(ended: closed\)/]);
  t.match(entered({}, { kind: 'gone' }).failures, [/should not have/]);
  const left = entered({ manner: 'left' }, { kind: 'gone' });
  t.same(left.failures, []);
  t.same(left.statuses, { 'http 200': { seen: 0, unseen: 1 } });
});

t.test('a half-open request must be ended in time', async (t) => {
  const held = { manner: 'half_body', right: { kind: 'fixed', status: 408, outcome: null } } as const;
  t.same(entered(held, { kind: 'gone' }, { sentMs: 0, answeredMs: 1_000 }).failures, []);
  t.match(entered(held, { kind: 'gone' }, { sentMs: 0, answeredMs: 44_000 }).failures, [/held for 44000 ms/]);
  t.same(entered(held, answered(408), { sentMs: 0, answeredMs: 15_500 }).failures, []);
});

t.test('503 instead of a verdict is late after the time of a fetch, and wrong before', async (t) => {
  const late = entered({}, answered(503), { sentMs: 0, answeredMs: 10_050 });
  t.same([late.outOfTime, late.failed], [['steady-0'], 0]);
  t.equal(entered({}, answered(503)).failed, 1);
});

t.test('latency counts from when a request was due, for ordinary requests', async (t) => {
  const ledger = emptyLedger();
  enterLatency(ledger, PLAN, 1_500, 1_720);
  enterLatency(ledger, { ...PLAN, manner: 'dribbled' }, 1_500, 2_500);
  t.same(ledger.latencies, [[], [220]]);
});
