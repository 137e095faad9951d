import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';

/** Told how sending spans goes: once when it begins to fail, once when it works again. */
export interface ExportObserver {
  /** @param error a code or status, never what was sent */
  failing(error: string): void;
  /** @param lost how many spans were lost meanwhile */
  recovered(lost: number): void;
}

/** Sends spans through another exporter, and says so when that fails: at most once a minute, however often it changes. */
export class WatchedExporter implements SpanExporter {
  #lost = 0;
  #isReported = false;
  #reportedAt = Number.NEGATIVE_INFINITY;

  /** @param now the monotonic clock, in milliseconds */
  constructor(
    private readonly inner: SpanExporter,
    private readonly observer: ExportObserver,
    private readonly now: () => number,
  ) {}

  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    this.inner.export(spans, (result) => {
      this.#note(spans.length, result);
      done(result);
    });
  }

  shutdown(): Promise<void> {
    return this.inner.shutdown();
  }

  #note(count: number, { code, error }: ExportResult): void {
    if (code === ExportResultCode.SUCCESS) this.#worked();
    else this.#failed(count, error);
  }

  #failed(count: number, error: unknown): void {
    this.#lost += count;
    if (this.#isReported || this.now() - this.#reportedAt < MINUTE_MS) return;
    this.#isReported = true;
    this.#reportedAt = this.now();
    this.observer.failing(reasonOf(error));
  }

  #worked(): void {
    if (this.#isReported) this.observer.recovered(this.#lost);
    this.#isReported = false;
    this.#lost = 0;
  }
}

const MINUTE_MS = 60_000;

/** The code of what happened: a message may quote what the receiver sent. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const code = 'code' in error ? error.code : undefined;
  if (typeof code === 'number') return `HTTP ${code}`;
  if (typeof code === 'string') return code;
  return error.cause === undefined ? error.name : reasonOf(error.cause);
}
