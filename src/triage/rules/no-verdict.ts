import { FETCH_FAILURES, type FetchOutcomeLabel } from '../../domain/fetch-outcome.js';
import { meaningOf } from '../error-meanings.js';
import { prose, type Text } from '../prose.js';
import { at } from '../setting.js';
import type { Activity, ServerView, Situation } from '../situation.js';
import type { Cause, Symptom } from '../symptom.js';
import { STORMS } from '../thresholds.js';
import { lately, many, OVER_SECONDS, present, seen, since, total, within } from '../words.js';
import { crowd, extent, type Found, loop, NOTHING, people, type Rule } from './rule.js';

type FailureLabel = Exclude<FetchOutcomeLabel, 'success'>;

/**
 * A finding per outcome that servers fail with now, the dominant one first. When none fails any more, one for what
 * happened a moment ago.
 */
export const noVerdict: Rule = (situation, symptom) => {
  const now = failuresFirst(situation.recent).flatMap((label) => failingWith(label, situation, symptom));
  return now.length > 0 ? now : lateTrouble(situation, symptom);
};

/** The failures of fetches, most frequent first; of equally many the worst. */
const failuresFirst = ({ fetches }: Activity): readonly FailureLabel[] =>
  FETCH_FAILURES.map(({ label }) => label).sort((one, other) => fetches[other] - fetches[one]);

function failingWith(label: FailureLabel, situation: Situation, symptom: Symptom): readonly Found[] {
  const servers = situation.servers.filter((server) => failureOf(server) === label);
  if (servers.length === 0) return NOTHING;
  const who = servers.map((server) => `${nameOf(server)} ${lasting(server, situation)}`).join(', ');
  return [
    {
      ...causeOf(label, symptom),
      what: `${label} from ${who}`,
      evidence: [
        ...servers.flatMap(serverEvidence),
        ...trafficEvidence(situation),
        ...present([policyEvidence(situation), idleEvidence(situation)]),
      ],
      users: crowd(situation.distinctUsers.unavailable),
    },
  ];
}

/** A circuit that is open stands for its server's last failure. */
function failureOf({ failure, circuitOpen }: ServerView): FetchOutcomeLabel | null {
  return failure?.outcome ?? (circuitOpen ? 'unreachable' : null);
}

const nameOf = ({ index, server }: ServerView): string => `server ${index} (${server})`;

const lasting = ({ failure }: ServerView, situation: Situation): string =>
  failure === null ? 'with an open circuit' : since(situation, failure.forSeconds);

function serverEvidence(server: ServerView): readonly Text[] {
  const { failure, circuitOpen, inFlight, queued } = server;
  const meaning = failure === null ? null : meaningOf(failure.error);
  return present([
    failure === null
      ? null
      : prose`${nameOf(server)}: ${failure.error}${meaning === null ? '' : prose`, which means: ${meaning}`}`,
    circuitOpen ? `${nameOf(server)}: its circuit is open: it is not called any more, only probed` : null,
    queued > 0 ? `${nameOf(server)}: ${many(inFlight, 'call')} run and ${queued} wait` : null,
  ]);
}

function trafficEvidence(situation: Situation): readonly string[] {
  const { recent, history, distinctUsers } = situation;
  const { unavailable } = recent.decisions;
  const counts = failuresFirst(recent).filter((label) => recent.fetches[label] > 0);
  const fetches = [...counts, 'success' as const].map((label) => `${label} ${recent.fetches[label]}`);
  return present([
    unavailable > 0
      ? extent(
          situation,
          { count: unavailable, of: total(recent.decisions), unit: 'check', status: '503' },
          STORMS.unavailable,
        )
      : `nobody got a 503 by it ${lately(recent)}`,
    unavailable > 0 ? people(distinctUsers.unavailable) : null,
    loop(unavailable, distinctUsers.unavailable, STORMS.unavailable.atLeast),
    counts.length > 0 ? `fetches ${lately(recent)}: ${fetches.join(', ')}` : null,
    seen(history, (step) => step.decisions.unavailable),
    recent.rejectedFetches > 0
      ? `${many(recent.rejectedFetches, 'list')} not fetched, because max_queued_fetches was reached`
      : null,
  ]);
}

function policyEvidence({ configuration, servers }: Situation): string | null {
  const policy = at(configuration, 'ecpds', 'partial_outage_policy');
  if (servers.length < 2) return null;
  if (policy === 'strict') return 'strict: one server that is away makes every list that is fetched a 503';
  return policy === 'any_success'
    ? 'any_success: rights that only this server lists are a 403, not a 503, while it is away'
    : null;
}

const idleEvidence = ({ recent }: Situation): string | null =>
  total(recent.fetches) === 0
    ? `nothing was fetched ${lately(recent)}: whether it is back, the next command says`
    : null;

function lateTrouble(situation: Situation, symptom: Symptom): readonly Found[] {
  const { recent, history, servers } = situation;
  if (within(situation, OVER_SECONDS, troubles) === 0) return NOTHING;
  const [dominant] = failuresFirst(recent).filter((label) => recent.fetches[label] > 0);
  const shared = {
    evidence: trafficEvidence(situation),
    users: crowd(situation.distinctUsers.unavailable),
  };
  if (dominant !== undefined) {
    const when = seen(history, (step) => step.fetches[dominant]) ?? lately(recent);
    const what = `${dominant}, ${when}; the last call to every server was usable, so it may be over`;
    return [{ ...causeOf(dominant, symptom), what, ...shared }];
  }
  if (recent.rejectedFetches > 0) {
    const what = `${many(recent.rejectedFetches, 'list')} not fetched ${lately(recent)}, because too many calls wait`;
    return [{ cause: slowEcpds(symptom), what, ...shared }];
  }
  const running = servers.reduce((sum, { inFlight }) => sum + inFlight, 0);
  const what = `${many(recent.decisions.unavailable, 'check')} out of time ${lately(recent)}, and ${many(running, 'call')} to ECPDS still running`;
  return [{ cause: slowEcpds(symptom), what, ...shared }];
}

/** Everything that is a 503, or may become one. */
const troubles = ({ decisions, fetches, rejectedFetches }: Activity): number =>
  decisions.unavailable + rejectedFetches + total(fetches) - fetches.success;

const slowEcpds = ({ next }: Symptom): Cause => ({ cause: 'upstream', wrong: 'ECPDS is slow', next });

function causeOf(label: FailureLabel, { byOutcome }: Symptom): { readonly cause?: Cause } {
  const outcome = FETCH_FAILURES.find((row) => row.label === label)?.outcome;
  const cause = outcome === undefined ? undefined : byOutcome?.[outcome];
  return cause === undefined ? {} : { cause };
}
