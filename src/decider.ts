import { type AuthorizeParts, authorize, newTrail, type Trail } from './authorize.js';
import type { Decision } from './domain/decision.js';
import type { AuthzRequest } from './domain/request.js';
import type { TracedRequest, Tracer } from './domain/tracing.js';
import type { AuthMode, Resolution } from './identity/resolver.js';
import { harmlessTracer } from './observe/harmless-tracer.js';
import type { DecisionContext, Recorder } from './observe/recorder.js';

/** Decides on a request and records the decision. Never rejects: a fault of ours is an `error` decision. */
export type Decide = (request: AuthzRequest) => Promise<Decision>;
/** Records a refusal made before there was a whole request. */
export type Refuse = (decision: Decision, request: DecisionContext['request'] & TracedRequest) => void;

/**
 * @param parts asked for at each request, so that a reload takes effect with the next one
 * @param recorder never throws
 * @param tracer asked for at each request; null when nothing is traced
 */
export function createDecider(
  parts: () => AuthorizeParts,
  recorder: Recorder,
  tracer: () => Tracer | null = () => null,
): { decide: Decide; refuse: Refuse } {
  const { begin } = harmlessTracer(tracer, (cause) => recorder.backgroundFailed('record', cause));
  return {
    async decide(request) {
      const startedAt = performance.now();
      const span = begin(request);
      const trail = newTrail(span);
      const decision = await decideOrFail(parts, request, trail);
      const { mode, resolution } = trail;
      if (mode !== null && resolution !== null) recorder.identified(modeOf(resolution) ?? mode, resolution);
      recorder.decided(decision, {
        request,
        eventType: trail.eventType,
        identity: trail.identity,
        durationSeconds: (performance.now() - startedAt) / 1000,
        traceId: span?.traceId,
      });
      span?.decided(decision, trail.eventType);
      return decision;
    },
    refuse(decision, request) {
      const span = begin(request);
      const traceId = span?.traceId;
      recorder.decided(decision, { request, eventType: null, identity: null, durationSeconds: 0, traceId });
      span?.decided(decision, null);
    },
  };
}

const modeOf = (resolution: Resolution): AuthMode | undefined =>
  resolution.kind === 'anonymous' ? undefined : resolution.mode;

async function decideOrFail(
  parts: () => AuthorizeParts,
  request: AuthzRequest,
  trail: Trail,
): Promise<Decision> {
  try {
    return await authorize(parts(), request, trail);
  } catch (cause) {
    return { kind: 'error', errorKind: 'unexpected', cause, cacheOutcome: null };
  }
}
