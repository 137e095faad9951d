import t from 'tap';
import { type Chart, chart } from '../../src/status-page/chart.js';
import type { Step } from '../../src/triage/situation.js';
import { decisions, idle } from '../../tools/status-page/examples.js';

const AT = '2026-11-25T12:00:00.000Z';
const OF: Chart = {
  id: 'x',
  title: 'X',
  parts: [
    { label: 'allow', hue: 'green', countIn: (step) => step.decisions.allow },
    { label: 'error', hue: 'purple', countIn: (step) => step.decisions.error },
  ],
};

const step = (secondsAgo: number, seconds: number, allow: number, error = 0): Step => ({
  ...idle(seconds),
  decisions: decisions({ allow, error }),
  at: new Date(Date.parse(AT) - secondsAgo * 1000).toISOString(),
});

const pathsOf = (history: readonly Step[]): string[] =>
  [...chart(OF, history, AT).markup.matchAll(/<path class="(?:green|purple)" d="([^"]+)"/g)].map(
    ([, d = '']) => d,
  );

t.test('bars stand where their steps were, and as high as requests a minute', async (t) => {
  // 10 in 10 s are 60 a minute, which is the whole height of a scale that ends at 60.
  t.same(pathsOf([step(450, 10, 10)]), ['M440 120v-120h8v120z']);
  t.same(pathsOf([step(450, 20, 10), step(0, 20, 20)]), ['M430 120v-60h18v60zM880 120v-120h18v120z']);
});

t.test('parts are stacked from the ground up', async (t) => {
  t.same(pathsOf([step(0, 60, 40, 20)]), ['M840 120v-80h58v80z', 'M840 40v-40h58v40z']);
});

t.test('one among thousands is seen', async (t) => {
  const [, error] = pathsOf([step(0, 60, 60_000, 1)]);
  t.match(error, /v-1h/);
});

t.test(
  'a part of which there is nothing is not drawn, and what is older than the picture neither',
  async (t) => {
    t.same(pathsOf([step(0, 60, 0, 0)]), []);
    t.same(pathsOf([step(900, 10, 5), step(901, 10, 5)]), []);
    t.same(pathsOf([step(895, 10, 10)]).length, 1, 'half a bar at the edge');
    t.match(pathsOf([step(895, 10, 10)])[0], /^M0 120/);
  },
);

t.test('short steps are taken together, from the youngest on', async (t) => {
  const history = Array.from({ length: 91 }, (_, index) => step((90 - index) * 10, 10, 3));
  const [path = ''] = pathsOf(history);
  const bars = path.split('z').filter((bar) => bar !== '');
  t.equal(bars.length, 45);
  t.equal(new Set(bars.map((bar) => bar.replace(/^M\d+/, ''))).size, 1, 'all as high and as wide');
  t.match(bars.at(-1), /^M880 120v-\d+h18v/);
});

t.test('what happened in the moment before the look is no tower', async (t) => {
  const [path = ''] = pathsOf([step(20.1, 10, 10), step(10.1, 10, 10), step(0.1, 10, 10), step(0, 0.1, 1)]);
  t.equal(path.split('z').length - 1, 2, 'two bars');
  t.equal(topOf([step(10.1, 10, 10), step(0.1, 10, 10), step(0, 0.1, 1)]), '80');
  t.equal(topOf([step(20, 2, 2), step(0, 20, 20)]), '60', 'nor is the rest at the other end');
  t.equal(topOf([step(0, 0.1, 1)]), '60', 'nor all that a process knows that has just started');
});

const topOf = (history: readonly Step[]): string =>
  /<span>(.*?) a minute/.exec(chart(OF, history, AT).markup)?.[1] ?? '';

t.test('the scale ends at a number of few digits', async (t) => {
  t.same(
    [1, 3, 7, 11, 55, 61, 101, 1999, 12_001].map((perMinute) => topOf([step(0, 60, perMinute)])),
    ['1', '3', '8', '12', '60', '80', '120', '2,000', '16,000'],
  );
});

t.test('without steps there is a picture without bars', async (t) => {
  t.same(pathsOf([]), []);
  t.notMatch(chart(OF, [], AT).markup, /NaN|Infinity/);
});
