import { Type } from '@sinclair/typebox';
import { notes } from './fields.js';

/** OpenTelemetry traces (docs/tracing.md). */
export const TRACING = Type.Object({
  endpoint: Type.String(
    notes({
      description: 'The OTLP/HTTP receiver; spans are sent to `/v1/traces` under it.',
      must: 'an https URL, or http to `127.0.0.1`, `[::1]` or `localhost`, without credentials, query or fragment',
    }),
  ),
  sample_ratio: Type.Number({
    ...notes({
      description:
        'The share of the requests without a `traceparent` that are traced; with one, its sampled flag decides.',
      must: 'a number, 0 to 1',
    }),
    default: 1,
    minimum: 0,
    maximum: 1,
  }),
});

export const TRACING_OR_NULL = Type.Union([TRACING, Type.Null()], {
  ...notes({
    description: 'Traces of decisions and of the calls to ECPDS, by OpenTelemetry; `null`: none.',
    must: 'a map with `endpoint`, or `null`',
  }),
  nullable: true,
  default: null,
});
