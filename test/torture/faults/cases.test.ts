import t from 'tap';
import { casesOf, digestOf } from './cases.js';
import { FAULTS } from './fault.js';
import { POINT_NAMES, pointOf } from './points.js';

t.test('the cases follow from the seed', async (t) => {
  const digest = (seed: number) => digestOf(casesOf('trusted_proxy', 'short', seed));
  t.equal(digest(7), digest(7));
  t.not(digest(7), digest(8));
});

t.test(
  'every point meets every fault of its kind, in the long form and over every transport that reaches it',
  async (t) => {
    const cases = [...casesOf('trusted_proxy', 'long', 1), ...casesOf('direct', 'long', 1)];
    for (const point of POINT_NAMES) {
      const transports = /^http\./.test(point) ? 2 : /^grpc\./.test(point) ? 1 : 3;
      const met = new Set(
        cases
          .filter((each) => each.point === point)
          .map(({ fault, transport }) => `${JSON.stringify(fault)} ${transport}`),
      );
      t.equal(met.size, FAULTS[pointOf(point).kind].length * transports, point);
    }
  },
);

t.test('the short form has every point', async (t) => {
  const short = new Set(
    [...casesOf('trusted_proxy', 'short', 3), ...casesOf('direct', 'short', 3)].map(({ point }) => point),
  );
  t.same([...short].sort(), [...POINT_NAMES].sort());
});
