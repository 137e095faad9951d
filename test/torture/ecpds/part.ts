import { inSimulatedTime } from '../../../tools/drill/time.js';
import { SERVICE } from '../../helpers/ecpds.js';
import { JWT_SECRET } from '../../helpers/tokens.js';
import type { Context, Outcome, Part } from '../part.js';
import { chanceOf } from '../upstream/chance.js';
import { Tally } from '../upstream/tally.js';
import { runScenario } from './scenario.js';
import { usersFor } from './users.js';
import { runLane } from './wire/lane.js';

/** Scenarios in simulated time, and requests of each; sidecars with servers on a wire, and users of each. */
const SIZES = {
  short: { scenarios: 24, requests: 300, lanes: 4, users: 40 },
  long: { scenarios: 270, requests: 300, lanes: 8, users: 200 },
};

export const ECPDS_PART: Part = {
  name: 'ecpds',
  promise:
    'Whatever ECPDS servers answer, allowed is what the usable answers list under the policy, and nothing else; what is unusable is 503 with its worst kind, counted, and never cached.',
  isPure: true,
  run,
};

async function run(context: Context): Promise<Outcome> {
  const { seed, size, secrets } = context;
  secrets.secret('ecpds.password', SERVICE.password);
  secrets.secret('auth.jwt_secret', JWT_SECRET);
  const tally = new Tally();
  const users = usersFor(secrets);
  const { scenarios, requests, lanes, users: visitors } = SIZES[size];
  const wire = Array.from({ length: lanes }, () => new Tally());
  await Promise.all(wire.map((lane, number) => runLane(context, lane, number, visitors)));
  for (const lane of wire) tally.add(lane);
  const overSockets = tally.cases;
  for (let number = 0; number < scenarios && !tally.failed; number += 1) {
    if (number % 100 === 0) context.say(`${number} of ${scenarios} scenarios`);
    // Each in a time of its own: what one leaves waiting for ever would be looked through in all that follow.
    await inSimulatedTime(chanceOf(seed, -1 - number).random, (time) =>
      runScenario({ context, tally, users, time, number, requests }),
    );
  }
  return tally.outcome({
    'over sockets': String(overSockets),
    verdicts: tally.shares('verdict '),
    'from the cache': tally.shares('cache '),
    failures: tally.shares('failure '),
  });
}
