/** What one run of h2load measured. */
export interface H2Load {
  readonly requests: number;
  /** Answered per second. */
  readonly throughput: number;
  /** Answers other than 2xx and 3xx, and requests that failed, broke or timed out. */
  readonly errors: number;
  /** The body of an answer; a mean. A gRPC call that fails has none, but a status of 200. */
  readonly bytesPerAnswer: number;
}

const FINISHED = /^finished in [\d.]+[a-z]+, ([\d.]+) req\/s/m;
const REQUESTS = /^requests: .* (\d+) succeeded, (\d+) failed, \d+ errored, \d+ timeout$/m;
const CODES = /^status codes: (\d+) 2xx, (\d+) 3xx, (\d+) 4xx, (\d+) 5xx$/m;
const TRAFFIC = /^traffic: .* \((\d+)\) data$/m;

/**
 * Reads what h2load prints.
 * @throws when a line is missing or nothing was answered: h2load did not run to its end
 */
export function parseH2load(output: string): H2Load {
  const numbers = (pattern: RegExp): number[] => {
    const found = pattern.exec(output);
    if (found === null) throw new Error(`h2load did not report:\n${output}`);
    return found.slice(1).map(Number);
  };
  const [throughput = 0] = numbers(FINISHED);
  const [requests = 0, failed = 0] = numbers(REQUESTS);
  const [ok = 0, redirected = 0, refused = 0, broken = 0] = numbers(CODES);
  const [bytes = 0] = numbers(TRAFFIC);
  if (requests === 0) throw new Error(`h2load got no answer:\n${output}`);
  // Answers that were under way when time was up are among the statuses and the bytes, and not among the requests.
  const bytesPerAnswer = bytes / (ok + redirected + refused + broken);
  // A request with a status other than 2xx or 3xx is a failed one, too.
  return { requests, throughput, errors: Math.max(failed, refused + broken), bytesPerAnswer };
}
