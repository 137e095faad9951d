import { REPORT } from './wrk-output.js';

/** What wrk sends: one user as a constant, or one of many at random with each request. */
export interface Requests {
  readonly path: string;
  readonly body: string;
  /** `Authorization` values, at least one. */
  readonly authorizations: readonly string[];
  /** Draws from the list even when it has one entry, so that two runs differ in their users alone. */
  readonly draw?: boolean;
  /** Milliseconds that a connection rests between two requests, at random from 1 to this; none unless given. */
  readonly restMs?: number;
}

const quoted = (text: string): string => JSON.stringify(text); // of ASCII, Lua reads the same string as JSON

/**
 * The Lua script for one run of wrk.
 *
 * @param usersFile where the `Authorization` values are, one a line: too many for constants of a script
 */
export function wrkScript(requests: Requests, usersFile: string): string {
  const { path, authorizations, body, restMs, draw = authorizations.length > 1 } = requests;
  return [
    `wrk.method = "POST"`,
    `wrk.path = ${quoted(path)}`,
    `wrk.body = ${quoted(body)}`,
    `wrk.headers["Content-Type"] = "application/json"`,
    `wrk.headers["Authorization"] = ${quoted(authorizations[0] ?? '')}`,
    ...(draw ? drawing(usersFile) : []),
    ...(restMs === undefined ? [] : [`function delay() return math.random(${restMs}) end`]),
    ...REPORTING,
  ].join('\n');
}

/** Requests are formatted before the clock starts: to draw one costs the same, whatever their number. */
const drawing = (usersFile: string): readonly string[] => [
  'local requests = {}',
  'function init()',
  '  math.randomseed(20)',
  `  for line in io.lines(${quoted(usersFile)}) do`,
  '    wrk.headers["Authorization"] = line',
  '    requests[#requests + 1] = wrk.format()',
  '  end',
  'end',
  'function request() return requests[math.random(#requests)] end',
];

const REPORTING: readonly string[] = [
  'function done(summary, latency)',
  '  local e = summary.errors',
  '  local errors = e.connect + e.read + e.write + e.status + e.timeout',
  `  io.write(string.format("\\n${REPORT} %d %d %d %d %d\\n", summary.requests, summary.duration,`,
  '    latency:percentile(50), latency:percentile(99), errors))',
  'end',
];
