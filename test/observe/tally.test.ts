import fc from 'fast-check';
import { Counter, Registry } from 'prom-client';
import t from 'tap';
import { Tally } from '../../src/observe/tally.js';

const OPTIONS = { name: 'a_total', help: 'Things, by colour and size', labelNames: ['colour', 'size'] };
type Label = 'colour' | 'size';

function tally() {
  const registry = new Registry();
  const options = { ...OPTIONS, labelNames: ['colour', 'size'] as Label[], registers: [registry] };
  return { registry, tally: new Tally<Label>(options) };
}
const sorted = async (registry: Registry): Promise<string[]> => (await registry.metrics()).split('\n').sort();

const labels = fc.record({
  colour: fc.constantFrom('red', 'blue', '"', '\\', ''),
  size: fc.constantFrom('s', 'l', 200, 404),
});
const steps = fc.array(fc.tuple(fc.constantFrom('inc', 'start', 'scrape'), labels), { maxLength: 60 });

t.test('its text is that of a Counter of prom-client, at every scrape', async (t) => {
  await fc.assert(
    fc.asyncProperty(steps, async (steps) => {
      const { registry, tally: ours } = tally();
      const plain = new Registry();
      const counter = new Counter({ ...OPTIONS, registers: [plain] });
      for (const [step, which] of [...steps, ['scrape', { colour: '', size: '' }] as const]) {
        if (step === 'inc') {
          ours.inc(which);
          counter.inc(which);
        } else if (step === 'start') {
          ours.start(which);
          counter.inc(which, 0);
        } else if ((await sorted(registry)).join('\n') !== (await sorted(plain)).join('\n')) return false;
      }
      return true;
    }),
  );
  t.pass();
});

t.test('the order of labels in a call makes no other series', async (t) => {
  const { tally: ours } = tally();
  ours.inc({ colour: 'red', size: 's' });
  ours.inc({ size: 's', colour: 'red' });
  t.match(await ours.get(), { values: [{ value: 2, labels: { colour: 'red', size: 's' } }] });
});

t.test('nothing is lost or counted twice, however scrapes and counts cross', async (t) => {
  const { registry, tally: ours } = tally();
  const red = { colour: 'red', size: 's' };
  const scrapes: Promise<unknown>[] = [];
  for (let i = 0; i < 1000; i++) {
    ours.inc(red);
    if (i % 7 === 0) scrapes.push(ours.get(), registry.metrics());
    if (i % 50 === 0) await Promise.resolve();
  }
  await Promise.all(scrapes);
  const answers = await Promise.all([ours.get(), ours.get(), registry.getMetricsAsJSON()]);
  for (const { values } of [answers[0], answers[1]]) t.equal(values[0]?.value, 1000);
  t.match(answers[2], [{ values: [{ value: 1000 }] }]);
  ours.inc(red);
  t.equal((await ours.get()).values[0]?.value, 1001);
});

t.test('starting a series that counts already changes nothing', async (t) => {
  const { tally: ours } = tally();
  const red = { colour: 'red', size: 's' };
  ours.inc(red);
  ours.start(red);
  await ours.get();
  ours.start(red);
  t.match(await ours.get(), { values: [{ value: 1 }] });
});
