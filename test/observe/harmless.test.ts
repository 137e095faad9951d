import t from 'tap';
import type { RequestSpan } from '../../src/domain/tracing.js';
import { harmless } from '../../src/observe/harmless.js';
import { harmlessTracer } from '../../src/observe/harmless-tracer.js';

const fails = (): never => {
  throw new Error('a bug');
};

t.test('a method that throws has told nothing, its cause is passed on, and the others tell', async (t) => {
  const told: string[] = [];
  const causes: unknown[] = [];
  const safe = harmless(
    { good: (text: string) => void told.push(text), bad: fails },
    (cause) => void causes.push(cause),
  );
  safe.bad();
  safe.good('x');
  t.same(told, ['x']);
  t.match(causes, [{ message: 'a bug' }]);
});

t.test('whoever cannot even be told of it throws neither', async (t) => {
  t.doesNotThrow(() => harmless({ bad: fails }, fails).bad());
});

const request = { transport: 'http', requestId: 'r' } as const;
const spanThat = (parts: Partial<RequestSpan>): RequestSpan => ({
  traceId: 'id',
  calling: () => ({ headers: { traceparent: 'x' }, ended: () => undefined }),
  waitsFor: () => undefined,
  decided: () => undefined,
  ...parts,
});

t.test('a span that cannot be had is none', async (t) => {
  const causes: unknown[] = [];
  const failed = (cause: unknown): void => void causes.push(cause);
  t.equal(harmlessTracer(fails, failed).begin(request), undefined);
  t.equal(harmlessTracer(() => ({ begin: fails }), failed).begin(request), undefined);
  t.equal(harmlessTracer(() => null, failed).begin(request), undefined);
  t.equal(causes.length, 2, 'and where nothing is traced nothing failed');
});

t.test('a span that breaks tells no more, and what it would have begun is in no trace', async (t) => {
  let failures = 0;
  const begin = (parts: Partial<RequestSpan>) =>
    harmlessTracer(
      () => ({ begin: () => spanThat(parts) }),
      () => {
        failures += 1;
      },
    ).begin(request);
  const server = new URL('http://127.0.0.1');
  const broken = begin({ calling: fails, waitsFor: fails, decided: fails });
  t.same(broken?.calling(server, 0).headers, {});
  broken?.calling(server, 0).ended(200, 'Success');
  broken?.waitsFor(spanThat({}));
  broken?.decided({ kind: 'forbidden', message: 'm' }, null);
  t.equal(failures, 4);
  begin({ calling: () => ({ headers: {}, ended: fails }) })
    ?.calling(server, 0)
    .ended(200, 'Success');
  t.equal(failures, 5);
});

t.test('a span that waits for another is linked to that one itself', async (t) => {
  const linked: RequestSpan[] = [];
  const spans = [spanThat({}), spanThat({ waitsFor: (other) => void linked.push(other) })];
  const tracer = harmlessTracer(
    () => ({ begin: () => spans[made++] }),
    () => t.fail(),
  );
  let made = 0;
  const [first, second] = [tracer.begin(request), tracer.begin(request)];
  if (first !== undefined) second?.waitsFor(first);
  t.same([linked[0] === spans[0], linked.length], [true, 1]);
});
