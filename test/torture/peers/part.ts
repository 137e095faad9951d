import { type Random, seeded } from '../../../tools/drill/random.js';
import type { Context, Outcome, Part } from '../part.js';
import type { Attack, Front, Plan } from './attack.js';
import { badCalls, manyStreams } from './attacks/calls.js';
import { crossing } from './attacks/crossing.js';
import { floods } from './attacks/floods.js';
import { malformed } from './attacks/http1.js';
import { pipelining } from './attacks/pipelining.js';
import { deafPeers, type Slowness, slowPeers } from './attacks/slow.js';
import { slowUpstream } from './attacks/upstream.js';
import { violations } from './attacks/violations.js';
import { heavy, idle } from './attacks/weights.js';
import { balanceBooks } from './books.js';
import { startHonest } from './honest.js';
import { makePeople } from './people.js';
import { startSidecar } from './sidecar.js';
import { Tally } from './tally.js';
import { watchUsage } from './watcher.js';

/** Slow and hostile peers of every listener, and slow servers behind. */
export const peers: Part = {
  name: 'peers',
  promise:
    'Slow and hostile peers on every listener, by HTTP/1, HTTP/2 and neither, and slow ECPDS servers: honest clients get right answers in time, and what an attack took is given back',
  run: (context) => run(context),
};

const PLANS: Readonly<Record<string, Plan>> = {
  'malformed messages': malformed,
  pipelining,
  "other listeners' paths": crossing,
  'broken HTTP/2': (front, random) => [...violations(front, random), ...badCalls(front, random)],
  'floods of frames': floods,
  'more streams than may be': manyStreams,
  'heavy messages': heavy,
  'idle connections': idle,
};

/** How slow peers are where the limits are a twentieth, and where they are those of the product. */
const QUICK: Slowness = { everyMs: 40, closedWithinMs: 8_000, count: 3 };
/** It takes a while to fill what the system keeps for a connection. */
const DEAF: Slowness = { everyMs: 10, closedWithinMs: 30_000, count: 1 };
const REAL: Slowness = { everyMs: 500, closedWithinMs: 50_000, count: 20 };

async function run(context: Context): Promise<Outcome> {
  const { seed, size, secrets, say } = context;
  const tally = new Tally();
  const random = seeded(seed);
  await underSlowPeers(context, tally, random);
  const people = makePeople(secrets);
  const before = tally.allowed;
  const sidecar = await startSidecar(secrets);
  const front: Front = { ports: sidecar, people, tally, size };
  const watcher = watchUsage(sidecar, tally);
  const honest = startHonest(sidecar, people, tally, 100);
  for (const [name, plan] of Object.entries(PLANS)) {
    say(name);
    await attackWith(plan(front, random), tally);
    await watcher.recovered(name);
  }
  if (size === 'long') {
    say('slow peers, at the limits of the product');
    await attackWith([...slowPeers(front, random, REAL), ...deafPeers(front, random, REAL)], tally, 1000);
    await watcher.recovered('slow peers');
  }
  await honest.stop();
  const lines = await balanceBooks(sidecar, tally.allowed - before, tally);
  watcher.stop();
  tally.expect(lines <= tally.cases * 2 + 10_000, `${lines} lines of log for ${tally.cases} requests`);
  tally.expect((await sidecar.stop()) === 0, 'the sidecar did not end well');
  const { slowestMs, asked } = honest.figures();
  return {
    cases: tally.cases,
    allowed: tally.allowed,
    wrongAllows: tally.wrongAllows,
    failures: tally.failures,
    figures: {
      'honest requests meanwhile': String(asked),
      'slowest honest answer': `${slowestMs} ms`,
      'lines of log': String(lines),
      ...watcher.figures(),
    },
    digest: tally.digest(),
  };
}

/** Where only time matters: a sidecar whose time limits are so short that seconds are enough for all of them. */
async function underSlowPeers({ size, secrets, say }: Context, tally: Tally, random: Random): Promise<void> {
  say('slow peers');
  const people = makePeople(secrets);
  const sidecar = await startSidecar(secrets, true);
  const front: Front = { ports: sidecar, people, tally, size };
  const honest = startHonest(sidecar, people, tally, 100);
  await attackWith(slowPeers(front, random, QUICK), tally, 100);
  await honest.stop();
  say('deaf peers');
  await attackWith(deafPeers(front, random, DEAF), tally, 100);
  say('slow servers');
  await slowUpstream(tally);
  await balanceBooks(sidecar, 0, tally);
  await sidecar.stop();
}

/** Runs attacks, so many at once. */
async function attackWith(attacks: readonly Attack[], tally: Tally, atOnce = 8): Promise<void> {
  const waiting = [...attacks];
  const worker = async (): Promise<void> => {
    for (let attack = waiting.shift(); attack !== undefined; attack = waiting.shift()) {
      const { name, run: attackOnce } = attack;
      await attackOnce().catch((error: unknown) =>
        tally.fails(`${name}: could not be sent: ${String(error)}`),
      );
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
