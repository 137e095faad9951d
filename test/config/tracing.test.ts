import t from 'tap';
import { type Case, holdCases, loaded, MINIMAL } from './fixture.js';

const PATH = 'sidecar.tracing';
const of = (inner: string): string => `sidecar: { tracing: ${inner} }`;
const to = (endpoint: string): string => of(`{ endpoint: ${endpoint} }`);

const CASES: readonly Case[] = [
  ['no tracing', of('null')],
  ['a receiver on this host', to('http://127.0.0.1:4318')],
  ['one by name', to('http://localhost:4318/')],
  ['one on IPv6', to('"http://[::1]:4318"')],
  ['one elsewhere, encrypted', to('https://otlp.example/tenant')],
  ['a ratio', of('{ endpoint: https://otlp.example, sample_ratio: 0.01 }')],
  ['none of them', of('{ endpoint: https://otlp.example, sample_ratio: 0 }')],
  ['one elsewhere, in the clear', to('http://otlp.example:4318'), [`${PATH}.endpoint`, /plain http/]],
  ['no URL', to('collector:4318'), [`${PATH}.endpoint`, /neither an https nor an http URL/]],
  ['an empty URL', to('""'), [`${PATH}.endpoint`, /empty/]],
  ['a URL with credentials', to('https://user:secret@otlp.example'), [`${PATH}.endpoint`, /credentials/]],
  ['a URL with a query', to('https://otlp.example?key=x'), [`${PATH}.endpoint`, /query/]],
  ['no endpoint', of('{ sample_ratio: 1 }'), [`${PATH}.endpoint`, /missing/]],
  ['a flag', of('true'), [PATH, /true/]],
  [
    'a ratio above all',
    of('{ endpoint: https://otlp.example, sample_ratio: 1.5 }'),
    [`${PATH}.sample_ratio`, /range/],
  ],
  [
    'a ratio below nothing',
    of('{ endpoint: https://otlp.example, sample_ratio: -0.1 }'),
    [`${PATH}.sample_ratio`, /range/],
  ],
  ['an unknown key', of('{ endpoint: https://otlp.example, headers: {} }'), [`${PATH}.headers`, /known/]],
];

t.test('sidecar.tracing', async (t) => holdCases(t, CASES));

t.test('it is off unless it is written, and then traces everything', async (t) => {
  t.equal((await loaded([MINIMAL])).config.sidecar.tracing, null);
  const { config } = await loaded([MINIMAL, to('https://otlp.example')]);
  t.same(config.sidecar.tracing, { endpoint: 'https://otlp.example', sample_ratio: 1 });
});
