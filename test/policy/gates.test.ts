import t from 'tap';
import { type Gate, gateTable } from '../../src/policy/gates.js';

const gated: Gate = {
  required: true,
  readRoles: null,
  destination: { type: 'StringHandler', max_length: null },
};
const members: Gate = { required: true, readRoles: null, destination: null };
const gates = new Map([
  ['dissemination', gated],
  ['members', members],
]);

t.test('an event type of the schema has its own gate, strict or not', async (t) => {
  for (const strict of [true, false]) {
    t.equal(gateTable(gates, strict).gateOf('dissemination'), gated);
    t.equal(gateTable(gates, strict).gateOf('members'), members);
  }
});

t.test('an unknown event type is unknown when the schema is strict', async (t) => {
  const table = gateTable(gates, true);
  for (const name of ['', 'Dissemination', 'dissemination ', '__proto__', 'constructor']) {
    t.equal(table.gateOf(name), 'unknown', name);
  }
});

t.test('an unknown event type stands open when it is not', async (t) => {
  t.same(gateTable(gates, false).gateOf('other'), { required: false, readRoles: null, destination: null });
});

t.test('what is counted is what is gated by destination', async (t) => {
  t.equal(gateTable(gates, true).gatedCount, 1);
  t.equal(gateTable(new Map(), false).gatedCount, 0);
});
