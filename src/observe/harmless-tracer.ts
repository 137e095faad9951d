import type { CallSpan, RequestSpan, Tracer } from '../domain/tracing.js';

/** A call that is in no trace. */
const UNTRACED: CallSpan = { headers: {}, ended: () => undefined };

/**
 * The same tracer, of which nothing throws: a span that cannot be had is none, and one that breaks tells no more. Whether
 * a request is traced has no say in its verdict (docs/decisions/0052).
 *
 * @param failed gets the cause of what went wrong
 */
export function harmlessTracer(tracer: () => Tracer | null, failed: (cause: unknown) => void): Tracer {
  const attempt = <T>(step: () => T, otherwise: T): T => {
    try {
      return step();
    } catch (cause) {
      failed(cause);
      return otherwise;
    }
  };
  const originals = new WeakMap<RequestSpan, RequestSpan>();
  const call = (span: CallSpan): CallSpan => ({
    headers: span.headers,
    ended: (status, outcome) => attempt(() => span.ended(status, outcome), undefined),
  });
  const begun = (span: RequestSpan | undefined): RequestSpan | undefined => {
    if (span === undefined) return undefined;
    const safe: RequestSpan = {
      traceId: span.traceId,
      calling: (server, index) => attempt(() => call(span.calling(server, index)), UNTRACED),
      waitsFor: (other) => attempt(() => span.waitsFor(originals.get(other) ?? other), undefined),
      decided: (decision, eventType) => attempt(() => span.decided(decision, eventType), undefined),
    };
    originals.set(safe, span);
    return safe;
  };
  return { begin: (request) => attempt(() => begun(tracer()?.begin(request)), undefined) };
}
