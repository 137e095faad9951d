import t from 'tap';
import { type Case, holdCases, loaded, MINIMAL } from './fixture.js';

const PATH = 'sidecar.protections';
const of = (inner: string): string => `sidecar: { protections: { ${inner} } }`;

const CASES: readonly Case[] = [
  ['an empty refresh-ahead', of('refresh_ahead: {}')],
  ['no refresh-ahead', of('refresh_ahead: null')],
  ['a ratio', of('refresh_ahead: { after_ratio: 0.5 }')],
  [
    'a ratio of nothing',
    of('refresh_ahead: { after_ratio: 0 }'),
    [`${PATH}.refresh_ahead.after_ratio`, /range/],
  ],
  ['a ratio of all', of('refresh_ahead: { after_ratio: 1 }'), [`${PATH}.refresh_ahead.after_ratio`, /range/]],
  [
    'a ratio that is no number',
    of('refresh_ahead: { after_ratio: x }'),
    [`${PATH}.refresh_ahead.after_ratio`, /a text/],
  ],
  ['refresh-ahead by a flag', of('refresh_ahead: true'), [`${PATH}.refresh_ahead`, /true/]],
  [
    'an unknown key of refresh-ahead',
    of('refresh_ahead: { ratio: 0.5 }'),
    [`${PATH}.refresh_ahead.ratio`, /known/],
  ],
  ['a circuit breaker', of('circuit_breaker: { failures: 3, open_seconds: 10 }')],
  ['no failures', of('circuit_breaker: { failures: 0 }'), [`${PATH}.circuit_breaker.failures`, /range/]],
  [
    'no period',
    of('circuit_breaker: { open_seconds: 0 }'),
    [`${PATH}.circuit_breaker.open_seconds`, /range/],
  ],
  ['no concurrency', of('max_concurrent_fetches: 0'), [`${PATH}.max_concurrent_fetches`, /range/]],
  ['no queue', of('max_queued_fetches: 0')],
  ['a queue below nothing', of('max_queued_fetches: -1'), [`${PATH}.max_queued_fetches`, /range/]],
  ['a part of a call', of('max_concurrent_fetches: 1.5'), [`${PATH}.max_concurrent_fetches`, /a number/]],
  ['jitter', of('ttl_jitter: 0.1')],
  ['jitter of nothing', of('ttl_jitter: 0')],
  ['jitter of all', of('ttl_jitter: 1'), [`${PATH}.ttl_jitter`, /range/]],
  ['jitter below nothing', of('ttl_jitter: -0.1'), [`${PATH}.ttl_jitter`, /range/]],
  ['an unknown protection', of('retries: 3'), [`${PATH}.retries`, /known/]],
];

t.test('sidecar.protections', async (t) => holdCases(t, CASES));

t.test('a block that is empty has the defaults of the contract', async (t) => {
  const { config } = await loaded([MINIMAL, of('refresh_ahead: {}, circuit_breaker: {}')]);
  t.same(config.sidecar.protections.refresh_ahead, { after_ratio: 0.8 });
  t.same(config.sidecar.protections.circuit_breaker, { failures: 5, open_seconds: 30 });
});

t.test('the environment sets numbers, fractions too', async (t) => {
  const { config } = await loaded([MINIMAL], {
    AVISOSERVER_SIDECAR__PROTECTIONS__TTL_JITTER: '0.25',
    AVISOSERVER_SIDECAR__PROTECTIONS__MAX_CONCURRENT_FETCHES: '8',
    AVISOSERVER_SIDECAR__PROTECTIONS__REFRESH_AHEAD__AFTER_RATIO: '0.6',
  });
  t.match(config.sidecar.protections, {
    ttl_jitter: 0.25,
    max_concurrent_fetches: 8,
    refresh_ahead: { after_ratio: 0.6 },
  });
});
