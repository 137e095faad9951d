import { type SpanContext, TraceFlags } from '@opentelemetry/api';
import { TraceState } from '@opentelemetry/core';
import type { TraceHeaders } from '../domain/tracing.js';

const VERSION_00 = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
/** A later version may say more after the flags (W3C Trace Context, "Versioning of traceparent"). */
const LATER = /^(?!00|ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-[\x21-\x2b\x2d-\x7e]*)?$/;
const NO_TRACE = '0'.repeat(32);
const NO_SPAN = '0'.repeat(16);

/**
 * The span that a request is part of, or null when its headers do not name one. To the letter: no blanks, no upper case,
 * one value. Of the flags only "sampled" is known.
 */
export function parentOf(headers: TraceHeaders | undefined): SpanContext | null {
  if (headers === undefined) return null;
  const { parent, state } = headers;
  const [, traceId = '', spanId = '', flags = ''] = VERSION_00.exec(parent) ?? LATER.exec(parent) ?? [];
  if (traceId === '' || traceId === NO_TRACE || spanId === NO_SPAN) return null;
  const context = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED };
  return { ...context, isRemote: true, ...(state === null ? {} : { traceState: new TraceState(state) }) };
}

/** A span as the headers of a call that is made within it. */
export function headersFor({ traceId, spanId, traceFlags, traceState }: SpanContext): Record<string, string> {
  const flags = (traceFlags & TraceFlags.SAMPLED) === 0 ? '00' : '01';
  const traceparent = `00-${traceId}-${spanId}-${flags}`;
  const tracestate = traceState?.serialize() ?? '';
  return tracestate === '' ? { traceparent } : { traceparent, tracestate };
}
