import t from 'tap';
import { profileOf } from '../../../../tools/bench/report/cpu-profile.js';

const frame = (id: number, functionName: string, url: string, lineNumber: number) => ({
  id,
  callFrame: { functionName, url, lineNumber },
});

const PROFILE = JSON.stringify({
  nodes: [
    frame(1, '(idle)', '', -1),
    frame(2, 'decide', 'file:///x/dist/src/decider.js', 4),
    frame(3, 'decide', 'file:///x/dist/src/decider.js', 4), // called from elsewhere
    frame(4, '', 'file:///x/node_modules/@a/b/lib/c.js', 9),
    frame(5, 'emit', 'node:events', 1),
    frame(6, '(garbage collector)', '', -1),
    frame(7, 'writeUtf8String', '', -1),
  ],
  samples: [1, 2, 3, 4, 5, 6, 7, 99],
  timeDeltas: [9000, 300, 100, 200, 100, 200, 100, 50],
});

t.test('self time is summed up by function, and idle time is nobody’s', async (t) => {
  const { busyMicros, functions } = profileOf(PROFILE, 10);
  t.equal(busyMicros, 1000);
  t.strictSame(functions.slice(0, 2), [
    { name: 'decide dist/src/decider.js:5', micros: 40, share: 0.4 },
    { name: '(anonymous) node_modules/@a/b/lib/c.js:10', micros: 20, share: 0.2 },
  ]);
});

t.test('and by package: ours by folder, others by name', async (t) => {
  const names = profileOf(PROFILE, 10).packages.map(({ name }) => name);
  t.strictSame(names.toSorted(), [
    '(garbage collector)',
    '(native code)',
    'node:events',
    'node_modules/@a/b',
    'src',
  ]);
});
