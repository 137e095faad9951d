import type { Context, Failure, Outcome, Part } from '../part.js';
import { MAX_FAILURES } from '../part.js';
import { Asker } from './ask.js';
import { type Case, casesOf, digestOf, nameOf } from './cases.js';
import type { PointName } from './points.js';
import { runCase, type Tried } from './run-case.js';
import { type Mode, startWorld } from './world.js';

const MODES: readonly Mode[] = ['trusted_proxy', 'direct'];

/** What was found, so far. */
class Found {
  readonly failures: Failure[] = [];
  readonly met = new Map<PointName, number>();
  cases = 0;
  asked = 0;
  allowed = 0;
  wrongAllows = 0;

  add(tested: Case, { fired, asked, allowed, wrongAllows, problems }: Tried): void {
    if (fired > 0) this.cases += 1;
    this.met.set(tested.point, (this.met.get(tested.point) ?? 0) + fired);
    this.asked += asked;
    this.allowed += allowed;
    this.wrongAllows += wrongAllows;
    if (problems.length > 0) this.failures.push({ what: `${nameOf(tested)}: ${problems.join('; ')}` });
  }
}

export const faults: Part = {
  name: 'faults',
  promise:
    'each dependency in turn throws, hangs, comes late or twice, over every transport: the answer is 503 or 500 in time, event and counter agree, and the next request is unharmed',
  async run(context: Context): Promise<Outcome> {
    const found = new Found();
    const cases = MODES.map((mode) => casesOf(mode, context.size, context.seed));
    for (const [index, mode] of MODES.entries()) await runAll(mode, cases[index] ?? [], found, context);
    const unmet = [...found.met].filter(([, times]) => times === 0).map(([point]) => point);
    const failures = [
      ...found.failures,
      ...unmet.map((point) => ({ what: `${point} was never reached: the case proves nothing` })),
    ];
    return {
      cases: found.cases,
      allowed: found.allowed,
      wrongAllows: found.wrongAllows,
      failures: failures.slice(0, MAX_FAILURES),
      figures: { points: String(found.met.size), requests: String(found.asked) },
      digest: digestOf(cases.flat()),
    };
  },
};

async function runAll(mode: Mode, cases: readonly Case[], found: Found, context: Context): Promise<void> {
  const fresh = cases.filter(({ point }) => point === 'crypto.importKey');
  for (const [index, tested] of fresh.entries())
    await runIn(mode, [tested], found, context, 1_000_000 + index);
  await runIn(
    mode,
    cases.filter((tested) => !fresh.includes(tested)),
    found,
    context,
    0,
  );
}

/** In a world of their own. A key is imported once in each. */
async function runIn(
  mode: Mode,
  cases: readonly Case[],
  found: Found,
  { secrets, say }: Context,
  from: number,
): Promise<void> {
  const world = await startWorld(mode);
  const asker = new Asker(world, mode);
  for (const [index, tested] of cases.entries()) {
    if (index % 100 === 0) say(`${mode}, ${index} of ${cases.length}`);
    found.add(tested, await runCase(world, asker, tested, from + index));
    secrets.saw('log of the broken', world.events.map((event) => JSON.stringify(event)).join('\n'));
  }
  asker.close();
  await world.close();
}
