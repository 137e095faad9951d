import t from 'tap';
import { ran } from '../../helpers/drills.js';

/** The events of the runbook at `info` and above, that an outage without protections may log. */
const RUNBOOK_EVENTS = [
  'auth.ecpds.check.allowed',
  'auth.ecpds.check.denied',
  'auth.ecpds.check.unavailable',
  'auth.ecpds.fetch.failed',
];

/** What moves in an outage as it always did, and what exists beside it. */
const RUNBOOK_SERIES = [
  'aviso_auth_requests_total',
  'aviso_authz_build_info',
  'aviso_authz_request_duration_seconds',
  'aviso_authz_requests_total',
  'aviso_ecpds_access_decisions_total',
  'aviso_ecpds_cache_hits_total',
  'aviso_ecpds_cache_misses_total',
  'aviso_ecpds_cache_size',
  'aviso_ecpds_fetch_total',
  'aviso_ecpds_gated_event_types',
];
/** Added series that describe users, calls and servers, whatever is switched on. */
const ADDED = ['aviso_ecpds_distinct_users', 'aviso_ecpds_fetch_duration_seconds', 'aviso_ecpds_server_up'];

for (const name of ['down', 'hanging', 'revocation'] as const) {
  t.test(`without protections the drill ${name} moves what the runbook says, and nothing else`, async (t) => {
    const { drill, history, figures } = await ran(name, 'default');
    const events = new Set(history.events.map((event) => event.name));
    t.same(
      [...events].filter((event) => !RUNBOOK_EVENTS.includes(event)),
      [],
    );
    if (drill.outage !== null) t.same([...events].sort(), RUNBOOK_EVENTS);

    const moved = [...history.series].filter(([, value]) => value !== 0).map(([series]) => series);
    const names = new Set(moved.map((series) => series.replace(/(_sum|_count)?\{.*/, '')));
    t.same([...names].sort(), [...RUNBOOK_SERIES, ...ADDED].sort());

    const value = (series: string): number => history.series.get(series) ?? Number.NaN;
    const sum = (prefix: string): number =>
      [...history.series].reduce((total, [series, of]) => total + (series.startsWith(prefix) ? of : 0), 0);
    const decided = (outcome: string): number =>
      value(`aviso_ecpds_access_decisions_total{outcome="${outcome}"}`);
    t.same(
      [decided('allow'), decided('deny_destination'), decided('unavailable'), decided('error')],
      [figures.allowed, figures.denied, figures.unavailable, 0],
    );
    const asked = (outcome: string): number =>
      history.answers.filter(({ cacheOutcome }) => cacheOutcome === outcome).length;
    t.equal(value('aviso_ecpds_cache_hits_total{}'), asked('hit'));
    t.equal(value('aviso_ecpds_cache_misses_total{}'), asked('miss_fetched') + asked('miss_coalesced'));
    t.equal(sum('aviso_ecpds_fetch_total{'), asked('miss_fetched'), 'once per fetch that ran');

    for (const series of ['aviso_ecpds_revoked_grants_total{}', 'aviso_ecpds_fetch_rejected_total{}'])
      t.equal(value(series), 0, `${series} is there, and neutral`);
    for (const server of [0, 1]) {
      t.equal(value(`aviso_ecpds_circuit_open{server_index="${server}"}`), 0);
      t.equal(value(`aviso_ecpds_server_up{server_index="${server}"}`), 1, 'at the end');
    }
  });
}
