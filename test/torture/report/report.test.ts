import t from 'tap';
import { PLAIN } from '../../../tools/bench/report/paint.js';
import { areCaught, type MutantsResults } from '../mutants/mutant.js';
import { isPassed, type TortureResults } from '../results.js';
import { reliabilityPage } from './page.js';
import { mutantsReport, reportOf } from './table.js';

const RESULTS: TortureResults = {
  command: 'npm run torture -- --seed 1',
  date: '2026-11-25',
  seed: 1,
  size: 'long',
  machine: { cores: 2, node: '20.20.0' },
  parts: [
    {
      name: 'bodies',
      promise: 'a body is read as Aviso reads it | or not at all',
      seconds: 1.5,
      outcome: {
        cases: 12345,
        allowed: 678,
        wrongAllows: 0,
        failures: [],
        figures: { p99: '3 ms' },
        digest: 'ab',
      },
    },
  ],
  secrets: { looked: { log: 1000, metrics: 500 }, known: { texts: 4, tokens: 2000 }, leaks: [] },
};
const MUTANTS: MutantsResults = {
  command: 'npm run torture -- --mutants --seed 1',
  date: '2026-11-25',
  mutants: [
    {
      mutant: {
        name: 'deadline ignored',
        file: 'src/authorize.js',
        find: 'a',
        replace: 'b',
        caughtBy: 'bodies',
      },
      caught: 'an allow <late>',
    },
  ],
};
const [PART] = RESULTS.parts;
const failed = (wrongAllows: number): TortureResults => ({
  ...RESULTS,
  parts: RESULTS.parts.map((part) => ({
    ...part,
    outcome: { ...part.outcome, wrongAllows, failures: [{ what: 'allowed for mallory', repeat: 'seed 7' }] },
  })),
});

t.test('what passed says how much was tried', async (t) => {
  t.ok(isPassed(RESULTS));
  const report = reportOf(RESULTS, PLAIN);
  t.match(report, /^ok {4} bodies +12,345 cases +678 allowed +0 wrongly/m);
  t.match(report, /p99: 3 ms/);
  t.match(report, /2,000 tokens .* in 1,500 bytes: none/);
  t.match(report, /12,345 cases, 0 wrong allows$/);
});

t.test('each broken program says what became of it', async (t) => {
  t.ok(areCaught(MUTANTS));
  t.equal(
    mutantsReport(MUTANTS.mutants, PLAIN),
    'caught deadline ignored: bodies\n\n1 of 1 broken programs caught',
  );
  const missed = { ...MUTANTS, mutants: MUTANTS.mutants.map((result) => ({ ...result, caught: null })) };
  t.notOk(areCaught(missed));
  t.match(mutantsReport(missed.mutants, PLAIN), /^MISSED deadline ignored: bodies noticed nothing\n\n0 of 1/);
});

t.test('a wrong allow and a leak each fail a run loudly', async (t) => {
  t.notOk(isPassed(failed(1)));
  t.match(
    reportOf(failed(1), PLAIN),
    /FAILED bodies[\s\S]*allowed for mallory \(seed 7\)[\s\S]*FAILED, seed 1/,
  );
  const leaking = {
    ...RESULTS,
    secrets: { ...RESULTS.secrets, leaks: [{ secret: 'jwt_secret', where: 'log' }] },
  };
  t.notOk(isPassed(leaking));
  t.match(reportOf(leaking, PLAIN), /FAILED secrets: .*1 found\n +jwt_secret in log/);
});

t.test('the page has both tables between its markers, and keeps what stands around them', async (t) => {
  const page = [
    'before',
    '<!-- torture: results -->',
    'old',
    '<!-- /torture: results -->',
    '<!-- torture: mutants -->',
    '<!-- /torture: mutants -->',
    'after',
  ].join('\n');
  const written = reliabilityPage(page, RESULTS, MUTANTS);
  t.match(written, /^before\n/);
  t.match(written, /\nafter$/);
  t.notMatch(written, /\nold\n/);
  t.match(
    written,
    `| \`bodies\` | ${PART?.promise.replace('|', '\\|')} | 12,345 | 678 | 0 | 0 | p99: 3 ms |`,
  );
  t.match(written, '| deadline ignored | `src/authorize.ts` | `bodies` | an allow &lt;late> |');
  t.equal(reliabilityPage(written, RESULTS, MUTANTS), written, 'writing twice changes nothing');
  t.throws(() => reliabilityPage('nothing', RESULTS, null), /has no <!-- torture/);
  t.equal(reliabilityPage(page, null, null), page, 'what was not run yet is left as it is');
});
