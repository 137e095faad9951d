import t from 'tap';
import { chartOf } from '../../../../tools/bench/report/chart.js';
import { RESULTS } from './results.js';

t.test('the picture has every point, is for light and dark pages, and says what it shows', async (t) => {
  const svg = chartOf(RESULTS.curves);
  for (const text of ['0.82', '0.80', '1.2', '>100<', '>1,000<', 'live data, MB']) t.match(svg, text);
  t.match(svg, /prefers-color-scheme: dark/);
  t.match(svg, /<title id="title">[^<]+<\/title>\s*<desc id="desc">[^<]+<\/desc>/);
  t.notMatch(svg, /https?:\/\/(?!www\.w3\.org\/2000\/svg)/, 'it loads nothing from elsewhere');
  const colours = new Set([...svg.matchAll(/(?:fill|stroke)="(#[0-9a-f]{3,6})"/g)].map(([, of]) => of));
  for (const colour of colours)
    if (colour !== '#000') t.match(svg, `="${colour}"] { `, `${colour} has a counterpart for dark pages`);
});

t.test('the same results make the same picture, so that a stale one can be told', async (t) => {
  t.equal(chartOf(RESULTS.curves), chartOf(RESULTS.curves));
});
