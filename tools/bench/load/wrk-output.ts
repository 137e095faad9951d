/** What one run of wrk measured. */
export interface Load {
  readonly requests: number;
  /** Answered per second. */
  readonly throughput: number;
  /** Latencies in milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Answers other than 2xx and 3xx, and connections that failed, broke or timed out. */
  readonly errors: number;
}

/** Marks the line that the script of `scripts.ts` prints; all numbers after it are integers. */
export const REPORT = 'bench-report';

const LINE = new RegExp(`^${REPORT}((?: \\d+){5})$`, 'm');

/**
 * Reads what wrk printed with our script: requests, microseconds, p50 and p99 in microseconds, errors.
 * @throws when the line is missing: wrk did not run to its end
 */
export function parseWrk(output: string): Load {
  const found = LINE.exec(output)?.[1];
  if (found === undefined) throw new Error(`wrk did not report:\n${output}`);
  const [requests = 0, micros = 0, p50 = 0, p99 = 0, errors = 0] = found.trim().split(' ').map(Number);
  if (micros === 0) throw new Error(`wrk did not run:\n${output}`);
  return {
    requests,
    throughput: (requests * 1e6) / micros,
    p50: p50 / 1000,
    p99: p99 / 1000,
    errors,
  };
}
