import t from 'tap';
import { DARK, HUES, LIGHT } from '../../src/status-page/palette.js';
import { ratioOf } from './contrasts.js';

t.test('contrast is what WCAG says it is', async (t) => {
  t.equal(ratioOf('#000000', '#ffffff'), 21);
  t.equal(ratioOf('rgb(255, 255, 255)', '#ffffff'), 1);
  t.equal(ratioOf('#777777', '#ffffff').toFixed(2), '4.48');
});

for (const [name, palette] of Object.entries({ LIGHT, DARK })) {
  t.test(`parts of charts and marks are told from what they stand on: ${name}`, async (t) => {
    for (const hue of HUES)
      t.ok(ratioOf(palette[hue], palette.paper) >= 3, `${hue}: ${ratioOf(palette[hue], palette.paper)}`);
    t.ok(ratioOf(palette.ok, palette['ok-ground']) >= 4.5);
    t.ok(ratioOf(palette.bad, palette['bad-ground']) >= 4.5);
    for (const mark of [palette.ok, palette.bad])
      t.ok(ratioOf(mark, palette.paper) >= 4.5, 'a mark and what is cut out of it');
  });
}
