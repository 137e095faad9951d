import { inSimulatedTime } from '../../../tools/drill/time.js';
import { SERVICE } from '../../helpers/ecpds.js';
import { JWT_SECRET } from '../../helpers/tokens.js';
import type { Context, Outcome, Part } from '../part.js';
import { chanceOf } from '../upstream/chance.js';
import { Tally } from '../upstream/tally.js';
import { makePairs } from './material.js';
import { runScenario } from './scenario.js';

const SIZES = { short: { scenarios: 12, requests: 250 }, long: { scenarios: 130, requests: 250 } };

export const KEYS_PART: Part = {
  name: 'keys',
  promise:
    'Whatever key providers publish, a token is allowed only by a key that counts, of the last set that was good and is not too old; without one it is 503, and 401 when the provider has spoken.',
  isPure: true,
  run,
};

async function run(context: Context): Promise<Outcome> {
  const { seed, size, secrets } = context;
  secrets.secret('ecpds.password', SERVICE.password);
  secrets.secret('auth.jwt_secret', JWT_SECRET);
  const tally = new Tally();
  const pairs = makePairs();
  const { scenarios, requests } = SIZES[size];
  await inSimulatedTime(chanceOf(seed, -2).random, async (time) => {
    for (let number = 0; number < scenarios && !tally.failed; number += 1) {
      await runScenario({ context, tally, pairs, time, number, requests });
    }
  });
  return tally.outcome({ verdicts: tally.shares('verdict '), 'tokens with a flaw': tally.shares('flaw ') });
}
