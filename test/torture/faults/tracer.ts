import { randomBytes } from 'node:crypto';
import type { RequestSpan, Tracer } from '../../../src/domain/tracing.js';
import type { Injector } from './injector.js';

/** Spans that go nowhere, and can fail at each step. */
export const tracerWith = (injector: Injector): Tracer => ({
  begin: () => injector.value('tracer.begin', () => span(injector)),
});

const span = (injector: Injector): RequestSpan => ({
  traceId: randomBytes(16).toString('hex'),
  calling: () =>
    injector.value('span.calling', () => ({
      headers: {},
      ended: () => injector.value('span.ended', () => undefined),
    })),
  waitsFor: () => injector.value('span.waitsFor', () => undefined),
  decided: () => injector.value('span.decided', () => undefined),
});
