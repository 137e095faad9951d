import { seeded } from '../../../tools/drill/random.js';
import type { Context, Outcome, Part } from '../part.js';
import { Tally } from '../restarts/tally.js';
import { CHANGES } from './changes.js';
import { breakFiles, counted, page } from './invalid.js';
import { listSteadyUsers, Steady } from './steady.js';
import { startWorld, type World } from './world.js';

interface Scale {
  readonly rounds: number;
  /** Ways to break the files, in each round. */
  readonly breakages: number;
  readonly perSecond: number;
}

const SCALES: Readonly<Record<Context['size'], Scale>> = {
  short: { rounds: 1, breakages: 3, perSecond: 30 },
  long: { rounds: 2, breakages: 9, perSecond: 150 },
};

export const RELOADS: Part = {
  name: 'reloads',
  promise:
    'Configuration, secrets and trust anchors change under load in every way that files do: no request is dropped, each change counts from when it is reported, and an invalid file changes nothing.',
  run,
};

async function run({ seed, size, secrets, say }: Context): Promise<Outcome> {
  const { rounds, breakages, perSecond } = SCALES[size];
  const tally = new Tally();
  const world = await startWorld(secrets, tally);
  const steady = new Steady(world, seeded(seed));
  try {
    listSteadyUsers(world);
    const sending = steady.run(perSecond);
    const random = seeded(seed + 1);
    for (let round = 0; round < rounds; round++) {
      for (const { name, run: change } of CHANGES) {
        say(name);
        tally.during = name;
        await change(world, round);
      }
      say('files that are not valid');
      await breakFiles(world, random, breakages);
    }
    steady.stop();
    await sending;
    await checkCounts(world);
    await page(world, '/status');
  } finally {
    steady.stop();
    await world.stop();
  }
  return outcomeOf(world);
}

/** What was counted is what was said. */
async function checkCounts(world: World): Promise<void> {
  const { success, failure } = await counted(world);
  const said = (name: string): number =>
    world.serving.events.filter((event) => event['event_name'] === `configuration.reload.${name}`).length;
  const [succeeded, failed] = [said('succeeded'), said('failed')];
  world.tally.expect(success === succeeded, `${succeeded} reloads were reported and ${success} counted`);
  world.tally.expect(failure === failed, `${failed} refusals were reported and ${failure} counted`);
}

function outcomeOf({ tally, serving, ecpds }: World): Outcome {
  for (const event of serving.events)
    if (/process\.failed|check\.error/.test(String(event['event_name'])))
      tally.fail(`the sidecar said ${event['event_name']}: ${JSON.stringify(event).slice(0, 300)}`);
  const count = (name: string): string =>
    `${serving.events.filter((event) => event['event_name'] === `configuration.reload.${name}`).length}`;
  return {
    cases: tally.cases,
    allowed: tally.allowed,
    wrongAllows: tally.wrongAllows,
    failures: tally.failures,
    figures: {
      reloads: count('succeeded'),
      refusals: count('failed'),
      'calls to ECPDS': `${ecpds.reduce((sum, server) => sum + server.asked.length, 0)}`,
    },
    digest: null,
  };
}
