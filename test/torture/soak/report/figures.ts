import { availableParallelism } from 'node:os';
import type { Soak } from '../run.js';
import type { Sample } from '../watch/sample.js';
import { valueIn } from '../watch/series.js';
import { total } from './objects.js';
import { percentile } from './percentile.js';
import { wholeLedger } from './promises.js';

/** What was measured, for the report. */
export function figuresOf(soak: Soak): Readonly<Record<string, string>> {
  const { warmup, load, samples, seconds } = soak;
  const { ledger } = load;
  const waits = ledger.latencies.flat();
  const wait = (share: number): string => ms(percentile(waits, share));
  return {
    capacity: `${Math.round(warmup.perSecond)} requests/s of this mix, ${availableParallelism()} cores shared with the load and ECPDS`,
    load: `${Math.round(load.perSecond)} requests/s for ${Math.round(seconds)} s, open loop`,
    'latency p50, p99, p99.9': `${wait(0.5)}, ${wait(0.99)}, ${wait(0.999)}`,
    'longest event-loop delay': ms(Math.max(0, ...samples.map(({ longestDelayMs }) => longestDelayMs))),
    'had work and no processor': `${(100 * soak.starved).toFixed(0)} % of the time`,
    'load sent late by at most': ms(load.latestMs),
    ...memory(soak),
    'connections of clients at most': String(most(samples, 'accepted')),
    'file descriptors': `${soak.before.rest.descriptors} before, at most ${most(samples, 'descriptors')}, ${soak.after.rest.descriptors} after`,
    ...shares(soak),
  };
}

const ms = (value: number | null): string =>
  value === null ? 'none' : `${value.toFixed(value < 10 ? 1 : 0)} ms`;
const most = (samples: readonly Sample[], name: keyof Sample): number =>
  Math.round(Math.max(0, ...samples.map((sample) => sample[name])));

function memory({ before, after, load, samples }: Soak): Readonly<Record<string, string>> {
  const objects = total(after.inside.objects) - total(before.inside.objects);
  const kilobytes = (after.inside.heapUsed - before.inside.heapUsed) / 1000;
  return {
    'resident memory at most': `${most(samples, 'rssMb')} MB`,
    'left of the load after collection': `${objects} objects, ${kilobytes.toFixed(0)} kB (${load.ledger.requests} requests)`,
  };
}

function shares(soak: Soak): Readonly<Record<string, string>> {
  const { series } = soak.after.rest;
  const ledgers = wholeLedger(soak);
  const sum = (name: 'requests' | 'allowed' | 'gone' | 'undecided' | 'wrongDenials'): number =>
    ledgers.reduce((total, ledger) => total + ledger[name], 0);
  const of = (name: 'allowed' | 'gone' | 'undecided'): string =>
    `${((100 * sum(name)) / sum('requests')).toFixed(1)} %`;
  const late = ledgers.reduce((total, { outOfTime }) => total + outOfTime.length, 0);
  const misses = valueIn(series, 'aviso_ecpds_cache_misses_total');
  const fetched = soak.ecpds.asked[0] ?? 0;
  return {
    'wrong denials': String(sum('wrongDenials')),
    'from the cache, fetched, coalesced': `${valueIn(series, 'aviso_ecpds_cache_hits_total')}, ${fetched}, ${misses - fetched}`,
    'sender gone before an answer': of('gone'),
    'either answer right, around a change': of('undecided'),
    ...(late === 0 ? {} : { 'no verdict in time': String(late) }),
  };
}
