import { mock } from 'node:test';
import t, { type Test } from 'tap';
import { Circuit } from '../../src/checker/circuit.js';
import type { ServerReport } from '../../src/checker/server.js';
import type { FetchFailure } from '../../src/domain/fetch-outcome.js';
import { asUsername } from '../../src/domain/names.js';

const OPEN_MS = 30_000;
const ALICE = asUsername('alice');
type Outcome = 'Success' | FetchFailure;

function report(outcome: Outcome, durationMs: number): ServerReport {
  const result =
    outcome === 'Success'
      ? { ok: true as const, value: { names: ['CIP'], total: 1, inactive: 0, malformed: 0 } }
      : { ok: false as const, failure: { outcome, error: 'x' } };
  const server = new URL('https://ecpds.example/');
  return { index: 0, server, targetField: 'name', status: null, durationMs, result };
}

/** A circuit on a clock that only the test moves; probes are answered with `answers`, in order. */
function setUp(t: Test, failures = 3) {
  mock.timers.enable({ apis: ['setTimeout'] });
  t.teardown(() => mock.timers.reset());
  const told: string[] = [];
  const answers: (Outcome | Error)[] = [];
  const probeMs = { value: 0 };
  const circuit = new Circuit(
    { failures, openMs: OPEN_MS },
    {
      async probe(username) {
        told.push(`probe ${username}`);
        const answer = answers.shift() ?? 'Unreachable';
        if (answer instanceof Error) throw answer;
        return report(answer, probeMs.value);
      },
      opened: (outcome) => void told.push(`opened ${outcome}`),
      closed: () => void told.push('closed'),
      broke: (cause) => void told.push(`broke ${cause}`),
    },
  );
  t.teardown(() => circuit.stop());
  const record = (...outcomes: Outcome[]): void => {
    for (const outcome of outcomes) circuit.record(outcome, ALICE);
  };
  const pass = async (ms: number): Promise<void> => {
    mock.timers.tick(ms);
    for (let i = 0; i < 10; i += 1) await Promise.resolve();
  };
  return { circuit, told, answers, record, pass, probeMs };
}

t.test('it opens at so many failures in a row, and stands for the server with the last one', async (t) => {
  const { circuit, told, record } = setUp(t);
  record('Unreachable', 'Unreachable');
  t.equal(circuit.openWith, null);
  record('ServerError');
  t.equal(circuit.openWith, 'ServerError');
  t.same(told, ['opened ServerError']);
});

const ANSWERS: Outcome[] = ['Success', 'Unauthorized', 'Forbidden', 'ClientError', 'InvalidResponse'];

for (const answer of ANSWERS) {
  t.test(`${answer} is an answer: it ends a row of failures and never opens`, async (t) => {
    const { circuit, record } = setUp(t);
    record('Unreachable', 'ServerError', answer, 'Unreachable', 'ServerError');
    t.equal(circuit.openWith, null);
    record(...Array.from({ length: 20 }, () => answer));
    t.equal(circuit.openWith, null);
  });

  t.test(`a probe that comes to ${answer} closes it`, async (t) => {
    const { circuit, told, answers, record, pass } = setUp(t);
    record('Unreachable', 'Unreachable', 'Unreachable');
    answers.push(answer);
    await pass(OPEN_MS);
    t.equal(circuit.openWith, null);
    t.same(told, ['opened Unreachable', 'probe alice', 'closed']);
    record('Unreachable', 'Unreachable');
    t.equal(circuit.openWith, null, 'and counting begins anew');
    record('Unreachable');
    t.equal(circuit.openWith, 'Unreachable');
  });
}

t.test('while open it is probed once per period, and at no other time', async (t) => {
  const { circuit, told, record, pass } = setUp(t);
  record('Unreachable', 'Unreachable', 'Unreachable');
  await pass(OPEN_MS - 1);
  t.equal(told.length, 1);
  await pass(1);
  t.equal(told.length, 2);
  for (let i = 0; i < 5; i += 1) await pass(OPEN_MS);
  t.equal(told.filter((each) => each === 'probe alice').length, 6);
  t.equal(circuit.openWith, 'Unreachable');
});

t.test('the time that a probe takes is part of its period', async (t) => {
  const { told, record, pass, probeMs } = setUp(t);
  probeMs.value = OPEN_MS - 10;
  record('Unreachable', 'Unreachable', 'Unreachable');
  await pass(OPEN_MS);
  await pass(10);
  t.equal(told.filter((each) => each === 'probe alice').length, 2);
});

t.test('the user of the last failed call is the one to probe with', async (t) => {
  const { circuit, told, record, pass } = setUp(t);
  record('Unreachable', 'Unreachable', 'Unreachable');
  circuit.record('ServerError', asUsername('bob'));
  t.equal(circuit.openWith, 'ServerError', 'a call that began before is the last one, too');
  await pass(OPEN_MS);
  t.same(told, ['opened Unreachable', 'probe bob']);
});

t.test('an answer to a call from before does not close it: only a probe does', async (t) => {
  const { circuit, told, record } = setUp(t);
  record('Unreachable', 'Unreachable', 'Unreachable', 'Success', 'Success');
  t.equal(circuit.openWith, 'Unreachable');
  t.same(told, ['opened Unreachable']);
});

t.test('a failed probe is the last failure', async (t) => {
  const { circuit, answers, record, pass } = setUp(t);
  record('Unreachable', 'Unreachable', 'Unreachable');
  answers.push('ServerError');
  await pass(OPEN_MS);
  t.equal(circuit.openWith, 'ServerError');
});

t.test('a bug in a probe is told, and the next one comes', async (t) => {
  const { circuit, told, answers, record, pass } = setUp(t);
  record('Unreachable', 'Unreachable', 'Unreachable');
  answers.push(new TypeError('a bug'), 'Success');
  await pass(OPEN_MS);
  t.equal(circuit.openWith, 'Unreachable');
  await pass(OPEN_MS);
  t.equal(circuit.openWith, null);
  t.same(told.slice(1), ['probe alice', 'broke TypeError: a bug', 'probe alice', 'closed']);
});

t.test('once stopped it does not probe', async (t) => {
  const { circuit, told, record, pass } = setUp(t);
  record('Unreachable', 'Unreachable', 'Unreachable');
  circuit.stop();
  await pass(10 * OPEN_MS);
  t.same(told, ['opened Unreachable']);
});

t.test('once stopped it does not open', async (t) => {
  const { circuit, told, record } = setUp(t);
  circuit.stop();
  record('Unreachable', 'Unreachable', 'Unreachable');
  t.equal(circuit.openWith, null);
  t.same(told, []);
});

t.test('a probe in flight when it is stopped is the last', async (t) => {
  const { told, record, pass, circuit } = setUp(t);
  record('Unreachable', 'Unreachable', 'Unreachable');
  mock.timers.tick(OPEN_MS);
  circuit.stop();
  await pass(10 * OPEN_MS);
  t.same(told, ['opened Unreachable', 'probe alice']);
});
