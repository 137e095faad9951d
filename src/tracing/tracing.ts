import { hostname } from 'node:os';
import { rootCertificates } from 'node:tls';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { Tracing } from '../domain/tracing.js';
import { beginRequest } from './spans.js';
import { type ExportObserver, WatchedExporter } from './watched-exporter.js';

export interface TracingOptions {
  /** `sidecar.tracing.endpoint`: spans are sent to `{endpoint}/v1/traces`, as OTLP in JSON. */
  readonly endpoint: string;
  /** `sidecar.tracing.sample_ratio`, for requests that name no trace. */
  readonly sampleRatio: number;
  /** Trust anchors to use beside Node's own, as PEM text, or null. */
  readonly ca: string | null;
  readonly service: { readonly name: string; readonly version: string };
  readonly observer: ExportObserver;
  /** The monotonic clock, in milliseconds. */
  readonly now: () => number;
}

/** Spans that wait to be sent; more are dropped. A span is about a kilobyte. */
const MAX_QUEUED = 2048;
const BATCH = 512;
/** Between two batches, and for one with its retries; in milliseconds. */
const SEND_EVERY_MS = 5_000;
const SEND_WITHIN_MS = 10_000;
/** What stopping may take, in milliseconds. */
const STOP_WITHIN_MS = 2_000;
/** The longest text of an attribute, in characters. */
const MAX_TEXT = 256;

/** Traces decisions, and sends the spans behind them. Nothing global is set: whoever is to trace is handed this. */
export function createTracing(options: TracingOptions): Tracing {
  const { service, sampleRatio, observer, now } = options;
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.name': service.name,
      'service.version': service.version,
      'host.name': hostname(),
    }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(sampleRatio) }),
    spanLimits: { attributeValueLengthLimit: MAX_TEXT },
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: new WatchedExporter(exporterTo(options), observer, now),
        maxQueueSize: MAX_QUEUED,
        maxExportBatchSize: BATCH,
        scheduledDelayMillis: SEND_EVERY_MS,
        exportTimeoutMillis: SEND_WITHIN_MS,
      }),
    ],
  });
  const tracer = provider.getTracer(service.name, service.version);
  return {
    begin: (request) => beginRequest(tracer, request),
    stop: () => within(STOP_WITHIN_MS, provider.shutdown()),
  };
}

const exporterTo = ({ endpoint, ca }: TracingOptions): OTLPTraceExporter =>
  new OTLPTraceExporter({
    url: `${endpoint.replace(/\/$/, '')}/v1/traces`,
    timeoutMillis: SEND_WITHIN_MS,
    httpAgentOptions: {
      keepAlive: true,
      maxSockets: 2,
      ...(ca === null ? {} : { ca: [...rootCertificates, ca] }),
    },
  });

/** Resolves with the work, its failure included (the exporter's observer was told), or after so many milliseconds. */
async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  try {
    await Promise.race([work.catch(() => undefined), late]);
  } finally {
    clearTimeout(timer);
  }
}
