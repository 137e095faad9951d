import { SERVICE } from '../../helpers/ecpds.js';
import { JWT_SECRET } from '../../helpers/tokens.js';
import { type Context, MAX_FAILURES, type Outcome, type Part } from '../part.js';
import type { Ledger } from './load/ledger.js';
import { pictureOf } from './report/chart.js';
import { figuresOf } from './report/figures.js';
import { brokenPromises, wholeLedger } from './report/promises.js';
import { type Soak, soak } from './run.js';
import { makeTokens } from './world/tokens.js';

/** Mixed traffic at half of the capacity, in an open loop, while the process is looked into. */
export const SOAK: Part = {
  name: 'soak',
  promise:
    'Mixed traffic at half of the measured capacity, over all three transports at once: every request gets one answer, the right one, and nothing of it is left in the process.',
  async run(context) {
    const madeAt = Math.floor(Date.now() / 1000);
    tellSecrets(context, madeAt);
    return outcomeOf(await soak(context, madeAt));
  },
};

function tellSecrets({ secrets }: Context, madeAt: number): void {
  secrets.secret('ecpds.password', SERVICE.password);
  secrets.secret('auth.jwt_secret', JWT_SECRET);
  const { good, bad, expired } = makeTokens(madeAt);
  for (const token of [...good.values(), ...bad, ...expired]) secrets.token(token);
}

function outcomeOf(run: Soak): Outcome {
  const ledgers = wholeLedger(run);
  const sum = (name: keyof Ledger & ('requests' | 'allowed' | 'wrongAllows')): number =>
    ledgers.reduce((total, ledger) => total + ledger[name], 0);
  return {
    cases: sum('requests'),
    allowed: sum('allowed'),
    wrongAllows: sum('wrongAllows'),
    failures: brokenPromises(run)
      .slice(0, MAX_FAILURES)
      .map((what) => ({ what })),
    figures: figuresOf(run),
    digest: null,
    picture: { file: 'reliability-soak.svg', svg: pictureOf(run) },
  };
}
