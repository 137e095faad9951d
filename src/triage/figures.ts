import type { Situation } from './situation.js';
import { duration, lately, many, percent, total } from './words.js';

/** By what a healthy process is known. */
export function figuresOf(situation: Situation): readonly string[] {
  const { version, hostname, uptimeSeconds, gatedEventTypes, readiness } = situation;
  const state = readiness.ready ? 'ready' : `not ready (${readiness.reason ?? 'unknown'})`;
  return [
    `version ${version} on ${hostname}, running for ${duration(uptimeSeconds)}, ${state}`,
    `${many(gatedEventTypes, 'event type is', 'event types are')} gated`,
    ...trafficFigures(situation),
    serversFigure(situation),
    keysFigure(situation),
  ];
}

/** One sentence, with the figures that matter most. */
export function healthySummary(situation: Situation): string {
  const { recent } = situation;
  const requests = total(recent.statuses);
  const traffic =
    requests === 0
      ? `nobody asked ${lately(recent)} (if reads get 200 all the same, they are not checked)`
      : `${many(requests, 'request')} ${lately(recent)}, ${recent.decisions.allow} allowed by a list, ${hitRatio(situation)}`;
  return `Nothing is wrong: ${traffic}; ${serversFigure(situation)}; ${keysFigure(situation)}.`;
}

function trafficFigures(situation: Situation): readonly string[] {
  const { recent, cache } = situation;
  const { decisions } = recent;
  const counts = Object.entries(decisions).map(([outcome, count]) => `${outcome} ${count}`);
  return [
    `${many(total(recent.statuses), 'request')} ${lately(recent)}; checks: ${counts.join(', ')}`,
    `${many(cache.size, 'list')} of at most ${cache.maxEntries} in the cache, each for ${cache.ttlSeconds} s; ${hitRatio(situation)}`,
  ];
}

function hitRatio({ recent: { cacheHits, cacheMisses } }: Situation): string {
  const looks = cacheHits + cacheMisses;
  return looks === 0 ? 'the cache was not asked' : `${percent(cacheHits, looks)} of lists from the cache`;
}

function serversFigure({ servers }: Situation): string {
  const well = servers.filter(({ failure, circuitOpen }) => failure === null && !circuitOpen);
  return servers.length === 0
    ? 'no ECPDS server is configured'
    : `${well.length} of ${many(servers.length, 'ECPDS server')} without failure`;
}

function keysFigure({ providers }: Situation): string {
  const fresh = providers.filter(({ state }) => state === 'fresh');
  return providers.length === 0
    ? 'no key provider is configured'
    : `${fresh.length} of ${many(providers.length, 'key provider')} with fresh keys`;
}
