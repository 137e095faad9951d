import type { Count, Ledger } from '../load/ledger.js';
import type { Soak } from '../run.js';
import { isAtRest, type Rested } from '../watch/rest.js';
import { ownSeries, type Series, sumOf, valueIn } from '../watch/series.js';
import { unflat } from './flat.js';
import { growth, total } from './objects.js';

/** The ledger of the whole life of the process, which its counters are compared with. */
export function wholeLedger({
  first,
  warmup,
  load,
}: Pick<Soak, 'first' | 'warmup' | 'load'>): readonly Ledger[] {
  return [first.ledger, warmup.ledger, load.ledger];
}

/** Every promise that was broken, a sentence each. */
export const brokenPromises = (soak: Soak): readonly string[] => [
  ...wholeLedger(soak).flatMap(({ failures }) => failures),
  ...lateAnswers(soak),
  ...miscounted(soak),
  ...notAtRest(soak),
  ...leaked(soak),
  ...badEnd(soak),
  ...(soak.settings.judgesFlatness ? unflat(soak.samples) : []),
];

/** A machine that is busy with other things may be why no verdict came in time: then so many, as a share, are excused. */
const LATE = { excused: 0.02, whenStarved: 0.2 };

function lateAnswers({ starved, ...soak }: Soak): readonly string[] {
  const ledgers = wholeLedger(soak);
  const late = ledgers.flatMap(({ outOfTime }) => outOfTime);
  const requests = ledgers.reduce((sum, ledger) => sum + ledger.requests, 0);
  const excused = starved < LATE.whenStarved ? 0 : LATE.excused * requests;
  if (late.length <= excused) return [];
  return [`${late.length} requests got 503 although ECPDS answers for ${late[0]} and the like`];
}

/** What the clients saw, and what the process counted, logged and asked for. */
function miscounted(soak: Soak): readonly string[] {
  const { series } = soak.after.rest;
  const ledgers = wholeLedger(soak);
  return [
    ...differences(
      series,
      'aviso_authz_requests_total',
      /transport="(.*)",status="(.*)"/,
      ledgers,
      'statuses',
    ),
    ...differences(series, 'aviso_ecpds_access_decisions_total', /outcome="(.*)"/, ledgers, 'outcomes'),
    ...lookups(series),
    ...fetches(soak),
    ...events(soak),
  ];
}

function differences(
  series: Series,
  name: string,
  labels: RegExp,
  ledgers: readonly Ledger[],
  which: 'statuses' | 'outcomes',
): readonly string[] {
  const counted = [...series].filter(([key]) => key.startsWith(`${name}{`));
  return counted.flatMap(([key, value]) => {
    const [, ...parts] = labels.exec(key) ?? [];
    const counts = ledgers.map((ledger) => ledger[which][parts.join(' ')] ?? { seen: 0, unseen: 0 });
    const sum = (how: keyof Count): number => counts.reduce((total, count) => total + count[how], 0);
    const [least, most] = [sum('seen'), sum('seen') + sum('unseen')];
    if (value >= least && value <= most) return [];
    return [`${key} is ${value}; clients saw ${least}${most === least ? '' : ` to ${most}`}`];
  });
}

const decisions = (series: Series, outcome: string): number =>
  valueIn(series, `aviso_ecpds_access_decisions_total{outcome="${outcome}"}`);

/** Every check that has a match key and is no admin's looks into the cache once. */
function lookups(series: Series): readonly string[] {
  const looked =
    valueIn(series, 'aviso_ecpds_cache_hits_total') + valueIn(series, 'aviso_ecpds_cache_misses_total');
  const decided = ['allow', 'deny_destination', 'unavailable'].reduce(
    (sum, outcome) => sum + decisions(series, outcome),
    0,
  );
  return looked === decided ? [] : [`${looked} hits and misses, but ${decided} decisions by a list`];
}

/** Each fetch asks each server, once, unless its turn did not come in time. */
function fetches({ ecpds: { asked }, log: { neverMade }, after }: Soak): readonly string[] {
  const counted = sumOf(after.rest.series, 'aviso_ecpds_fetch_total');
  const made = asked.map((times, index) => times + (neverMade[index] ?? 0));
  return made.every((times) => times === counted)
    ? []
    : [`aviso_ecpds_fetch_total adds up to ${counted}; the servers were asked ${asked.join(' and ')} times`];
}

/** Each decision is one event, unless the reader of the log did not keep up. */
function events({ log: { events }, after: { rest } }: Soak): readonly string[] {
  const { series } = rest;
  const all = sumOf(series, 'aviso_authz_requests_total');
  const checks = sumOf(series, 'aviso_ecpds_access_decisions_total');
  const expected = {
    'auth.ecpds.check.allowed': decisions(series, 'allow'),
    'auth.ecpds.admin.bypass': decisions(series, 'admin_bypass'),
    'auth.ecpds.check.denied':
      decisions(series, 'deny_destination') + decisions(series, 'deny_match_key_missing'),
    'auth.ecpds.check.unavailable': decisions(series, 'unavailable'),
    'auth.middleware.request.denied': all - checks,
    'auth.ecpds.check.error': 0,
    'process.failed': 0,
  };
  const dropped = valueIn(series, 'aviso_authz_log_lines_dropped_total');
  return Object.entries(expected).flatMap(([name, count]) => {
    const logged = events.get(name) ?? 0;
    return logged <= count && logged >= count - dropped
      ? []
      : [`${name} was logged ${logged} times, and counted ${count} times`];
  });
}

/** A timer more than this is one that nothing needs: at rest there is none. */
const TIMERS = 1;

/** A process that nobody talks to holds no connection, runs no fetch and no timer, and has let its lists go. */
function notAtRest({ before, after }: Soak): readonly string[] {
  const was = before.rest.descriptors;
  const is = after.rest.descriptors;
  return [
    ...restless('the warm-up', before),
    ...restless('the load', after),
    ...(is <= was ? [] : [`${is} file descriptors after the load, ${was} before`]),
  ];
}

function restless(when: string, { rest, timers }: Rested): readonly string[] {
  const { accepted, opened, fetching, cacheSize } = rest;
  const held = `${accepted} connections of clients and ${opened} to ECPDS, ${fetching} fetches`;
  return [
    ...(timers <= TIMERS ? [] : [`${timers} timers run after ${when}, with nothing to wait for`]),
    ...(isAtRest(rest) ? [] : [`after ${when} there stay ${held} and ${cacheSize} lists that have expired`]),
  ];
}

/** What may be left of a load when all garbage is collected: code that was compiled, readings of the counters. */
const LEFT = {
  objects: { once: 300, perRequest: 0.02 },
  bytes: { once: 2_000_000, perRequest: 16 },
};
/** Classes of which there is one per connection or exchange; no more than so many may be left, whatever the load. */
const OF_PEERS = {
  names: ['Socket', 'ServerHttp2Session', 'ServerHttp2Stream', 'IncomingMessage'],
  slack: 2,
};

/** Node keeps its parsers, up to a thousand, as many as connections were ever busy at once; each has arrays of its own. */
const PARSER = 'of HTTPParser';
const OF_A_PARSER = 3;

function leaked({ before, after, load, samples }: Soak): readonly string[] {
  const bytes = (of: Rested): number => of.inside.heapUsed + of.inside.external;
  const more = growth(before.inside.objects, after.inside.objects);
  const objects = total(after.inside.objects) - total(before.inside.objects);
  const pooled = more.find(([name]) => name === PARSER)?.[1] ?? 0;
  const peers = more.filter(([name, count]) => isOfPeers(name) && count > OF_PEERS.slack);
  const series = new Set([...samples.map((sample) => sample.ownSeries), ownSeries(after.rest.series)]);
  const { requests } = load.ledger;
  const left = `${requests} requests left, with all garbage collected`;
  return [
    ...(isLeft(LEFT.objects, objects - OF_A_PARSER * pooled, requests)
      ? [`${left}, ${objects} objects behind: ${named(more)}`]
      : []),
    ...(isLeft(LEFT.bytes, bytes(after) - bytes(before), requests)
      ? [`${left}, ${bytes(after) - bytes(before)} bytes behind`]
      : []),
    ...(peers.length === 0 ? [] : [`${left}, ${named(peers)} behind`]),
    ...(series.size === 1 ? [] : [`there were ${[...series].join(', ')} series, not always as many`]),
  ];
}

const isLeft = (
  { once, perRequest }: { readonly once: number; readonly perRequest: number },
  grown: number,
  requests: number,
): boolean => grown > once + perRequest * requests;

const isOfPeers = (name: string): boolean => OF_PEERS.names.includes(name.replace(/^of /, ''));

const named = (more: ReturnType<typeof growth>): string =>
  more
    .slice(0, 6)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');

function badEnd({ exit, log: { errors } }: Soak): readonly string[] {
  return [
    ...(exit === 0 ? [] : [`SIGTERM ended it with ${exit}, not with 0`]),
    ...errors.map((line) => `on its error output: ${line}`),
  ];
}
