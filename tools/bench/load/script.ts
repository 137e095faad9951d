import { REPORT } from './wrk-output.js';

/** What wrk sends. One user is sent as a constant; of several, each request takes one at random. */
export interface Requests {
  readonly path: string;
  /** `Authorization` values, at least one. */
  readonly authorizations: readonly string[];
  readonly body: string;
  /** Milliseconds that a connection rests between two requests; none unless given. */
  readonly restMs?: number;
  /** Draws from the list even when it has one entry, so that two runs differ in their users alone. */
  readonly draw?: boolean;
}

const quoted = (text: string): string => JSON.stringify(text); // of ASCII, Lua reads the same string as JSON

/** The Lua script for one run of wrk. */
export function wrkScript(requests: Requests): string {
  const { path, authorizations, body, restMs, draw = authorizations.length > 1 } = requests;
  const [first = ''] = authorizations;
  return [
    `wrk.method = "POST"`,
    `wrk.body = ${quoted(body)}`,
    `wrk.path = ${quoted(path)}`,
    `wrk.headers["Content-Type"] = "application/json"`,
    `wrk.headers["Authorization"] = ${quoted(first)}`,
    ...(draw ? drawing(authorizations) : []),
    ...(restMs === undefined ? [] : [`function delay() return ${restMs} end`]),
    ...REPORTING,
  ].join('\n');
}

/** Requests are formatted before the clock starts: picking one costs the same whatever their number. */
const drawing = (authorizations: readonly string[]): readonly string[] => [
  'local users = {',
  ...authorizations.map((value) => `${quoted(value)},`),
  '}',
  'local requests = {}',
  'function init()',
  '  math.randomseed(20)',
  '  for i = 1, #users do',
  '    wrk.headers["Authorization"] = users[i]',
  '    requests[i] = wrk.format()',
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
