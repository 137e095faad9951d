import t from 'tap';
import type { Sample } from '../watch/sample.js';
import { unflat } from './flat.js';

const SAMPLE: Sample = {
  ...{ atSeconds: 0, rssMb: 120, heapMb: 40, externalMb: 5, descriptors: 60, accepted: 20, opened: 10 },
  ...{ resources: 60, timers: 10, cacheSize: 200, ownSeries: 172, longestDelayMs: 20 },
};

const run = (change: (at: number) => Partial<Sample>): Sample[] =>
  Array.from({ length: 120 }, (_, at) => ({ ...SAMPLE, atSeconds: at, ...change(at) }));

t.test('what goes up and down is flat', async (t) => {
  t.same(unflat(run((at) => ({ heapMb: 40 + 10 * (at % 7), descriptors: 60 + (at % 11) }))), []);
});

t.test('what settles in the first third is flat', async (t) => {
  t.same(unflat(run((at) => ({ rssMb: at < 40 ? 80 + at : 120 }))), []);
});

t.test('what climbs is not', async (t) => {
  t.match(unflat(run((at) => ({ rssMb: 100 + at / 2 }))), [/^rssMb is not flat: 129\.8 .* 149\.8/]);
  t.match(unflat(run((at) => ({ accepted: at }))), [/^accepted is not flat/]);
});

t.test('one high look is no climb', async (t) => {
  t.same(unflat(run((at) => ({ rssMb: at === 110 ? 400 : 120 }))), []);
});

t.test('a few looks are too few', async (t) => {
  t.match(unflat(run(() => ({})).slice(0, 5)), [/too few/]);
});
