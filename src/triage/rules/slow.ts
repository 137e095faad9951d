import { prose, withCode } from '../prose.js';
import type { Situation } from '../situation.js';
import type { Cause, Symptom } from '../symptom.js';
import { CACHE, SLOW } from '../thresholds.js';
import { many, total, within } from '../words.js';
import { crowd, type Found, isStorm, NOTHING, type Rule } from './rule.js';

const CACHE_SECONDS = 900;
const SLOW_SECONDS = 600;
const NEARLY_FULL = 0.95;

/** The cache does not help, checks take long, or calls wait for their turn. */
export const slow: Rule = (situation, symptom) => [
  ...thrashing(situation),
  ...slowChecks(situation, symptom),
  ...waiting(situation, symptom),
];

/** As the alerts see it, but with the `max_entries` that is configured. */
function thrashing(situation: Situation): readonly Found[] {
  const { cache, distinctUsers, uptimeSeconds } = situation;
  const misses = within(situation, CACHE_SECONDS, (step) => step.cacheMisses);
  const hits = within(situation, CACHE_SECONDS, (step) => step.cacheHits);
  const isFull = cache.size >= NEARLY_FULL * cache.maxEntries;
  const users = distinctUsers.allow + distinctUsers.deny_destination;
  if (uptimeSeconds <= CACHE.coldSeconds || misses < CACHE.atLeastMisses) return NOTHING;
  if (misses <= CACHE.missesPerHit * hits || !(isFull || users >= CACHE.manyUsers)) return NOTHING;
  return [
    {
      what: `${misses} misses and ${hits} hits of the cache in the last 15 min`,
      evidence: [
        prose`${cache.size} of at most ${many(cache.maxEntries, 'list')} in the cache: ${isFull ? withCode('`max_entries` is too small') : 'it is not full'}`,
        `about ${many(users, 'distinct user')} in the last 5 min, and lists are kept for ${cache.ttlSeconds} s`,
      ],
      users: crowd(users),
    },
  ];
}

function slowChecks(situation: Situation, symptom: Symptom): readonly Found[] {
  const count = within(situation, SLOW_SECONDS, (step) => step.slowDecisions ?? 0);
  const of = within(situation, SLOW_SECONDS, ({ statuses }) => total(statuses));
  if (!isStorm(count, of, SLOW)) return NOTHING;
  const what = `${count} of ${many(of, 'request')} took longer than ${SLOW.seconds} s in the last 10 min`;
  return [{ cause: slowUpstream(symptom), what, evidence: callsOf(situation), users: null }];
}

function waiting(situation: Situation, symptom: Symptom): readonly Found[] {
  const queued = situation.servers.filter((server) => server.queued > 0);
  if (queued.length === 0) return NOTHING;
  const what = `calls wait for their turn at ${queued.map(({ index }) => `server ${index}`).join(', ')}`;
  return [{ cause: slowUpstream(symptom), what, evidence: callsOf(situation), users: null }];
}

const callsOf = ({ servers }: Situation): readonly string[] =>
  servers.map(
    ({ index, server, inFlight, queued }) =>
      `server ${index} (${server}): ${many(inFlight, 'call')} run, ${queued} wait`,
  );

const slowUpstream = ({ next }: Symptom): Cause => ({
  cause: 'upstream',
  wrong: withCode('ECPDS is slow, or `max_concurrent_fetches` small for what is asked'),
  next,
});
