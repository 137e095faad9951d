import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import fc from 'fast-check';
import t from 'tap';
import { headersFor, parentOf } from '../../src/tracing/parent.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const PLAIN = `00-${TRACE}-${SPAN}-01`;
const of = (parent: string, state: string | null = null) => parentOf({ parent, state });

t.test('a traceparent is read, with its sampled flag', async (t) => {
  t.match(of(PLAIN), { traceId: TRACE, spanId: SPAN, traceFlags: 1, isRemote: true });
  t.match(of(`00-${TRACE}-${SPAN}-00`), { traceFlags: 0 });
  t.match(of(`00-${TRACE}-${SPAN}-03`), { traceFlags: 1 }, 'flags that are not known are left out');
  t.match(of(`00-${TRACE}-${SPAN}-fe`), { traceFlags: 0 });
  t.equal(parentOf(undefined), null);
});

t.test('a later version is read as far as this one knows it', async (t) => {
  for (const text of [`01-${TRACE}-${SPAN}-01`, `cc-${TRACE}-${SPAN}-01-what-comes.later`])
    t.match(of(text), { traceId: TRACE, spanId: SPAN, traceFlags: 1 }, text);
});

const BAD: Record<string, string> = {
  nothing: '',
  'a word': 'traceparent',
  'upper case': PLAIN.toUpperCase(),
  'a blank before': ` ${PLAIN}`,
  'a blank after': `${PLAIN} `,
  'a line end': `${PLAIN}\n`,
  'the version that is none': `ff-${TRACE}-${SPAN}-01`,
  'no version': `${TRACE}-${SPAN}-01`,
  'a trace of zeros': `00-${'0'.repeat(32)}-${SPAN}-01`,
  'a span of zeros': `00-${TRACE}-${'0'.repeat(16)}-01`,
  'a short trace': `00-${TRACE.slice(1)}-${SPAN}-01`,
  'a long trace': `00-${TRACE}0-${SPAN}-01`,
  'no hexadecimal': `00-${TRACE.replace('4', 'g')}-${SPAN}-01`,
  'no flags': `00-${TRACE}-${SPAN}`,
  'long flags': `00-${TRACE}-${SPAN}-011`,
  'more, in version 00': `${PLAIN}-more`,
  'a hyphen more': `${PLAIN}-`,
  'more without a hyphen, in a later version': `01-${TRACE}-${SPAN}-01more`,
  'two of them': `${PLAIN},${PLAIN}`,
  'two of a later version': `01-${TRACE}-${SPAN}-01-x,${PLAIN}`,
  'a control character in a later version': `01-${TRACE}-${SPAN}-01-\u0007`,
  'a very long one': `00-${'a'.repeat(60_000)}-${SPAN}-01`,
};

for (const [name, text] of Object.entries(BAD)) {
  t.test(`${name} is no traceparent`, async (t) => t.equal(of(text), null));
}

t.test('whatever is read here, the library of OpenTelemetry reads alike', async () => {
  const propagator = new W3CTraceContextPropagator();
  const getter = { keys: () => ['traceparent'], get: (carrier: string) => carrier };
  const part = (digits: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${digits}}$`));
  const texts = fc
    .tuple(fc.constantFrom('00', '01', 'ff', '0', 'AA'), part(32), part(16), part(2))
    .map((parts) => parts.join('-'));
  fc.assert(
    fc.property(fc.oneof(texts, fc.string()), (text) => {
      const ours = of(text);
      const theirs = trace.getSpanContext(propagator.extract(ROOT_CONTEXT, text, getter));
      return ours === null || (ours.traceId === theirs?.traceId && ours.spanId === theirs.spanId);
    }),
    { numRuns: 2000 },
  );
});

t.test('what ECPDS is sent names the span, its flag, and a tracestate that can be read', async (t) => {
  const context = of(PLAIN, 'vendor=1,other=2');
  t.ok(context);
  if (context === null) return;
  t.same(headersFor({ ...context, spanId: 'a'.repeat(16) }), {
    traceparent: `00-${TRACE}-${'a'.repeat(16)}-01`,
    tracestate: 'vendor=1,other=2',
  });
  t.match(headersFor({ ...context, traceFlags: 0 }), { traceparent: /-00$/ });
  for (const state of [null, '', ' , ', 'no equals sign', 'a=\r\nevil: 1', 'ü=1']) {
    const bare = of(PLAIN, state);
    t.equal(bare === null || 'tracestate' in headersFor(bare), false, String(state));
  }
  const long = of(PLAIN, Array.from({ length: 100 }, (_, i) => `k${i}=${'v'.repeat(50)}`).join());
  t.ok(long !== null && (headersFor(long)['tracestate']?.length ?? 0) <= 512, 'bounded');
});
