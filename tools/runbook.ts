/**
 * Writes the tables of `docs/runbook.md` from the code: statuses, events with the fields they really carry, outcomes
 * and series, so that page and program cannot differ. `--check` writes nothing and fails when the page is stale.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ServerFailure, ServerReport } from '../src/checker/server.js';
import { type Decision, INVALID_STATUS, type InvalidCode } from '../src/domain/decision.js';
import type { Explanation } from '../src/domain/explain.js';
import { FETCH_FAILURES, type FetchOutcome, fetchOutcomeLabel } from '../src/domain/fetch-outcome.js';
import type { Identity } from '../src/domain/identity.js';
import type { KeyState } from '../src/domain/key-state.js';
import { asUsername } from '../src/domain/names.js';
import { fail, ok } from '../src/domain/result.js';
import type { ServerState } from '../src/domain/server-state.js';
import { createEventLog } from '../src/observe/logger.js';
import { createMetrics } from '../src/observe/metrics.js';
import { createRecorder, type Recorder } from '../src/observe/recorder.js';
import {
  CHECK_OUTCOMES,
  type CheckOutcome,
  type PROTECTION_EVENTS,
  type REQUEST_DENIED,
  type STEP_EVENTS,
} from '../src/observe/vocabulary.js';
import { answerTo } from '../src/transport/answer.js';
import { replyEnvoyHttp } from '../src/transport/envoy-http/reply.js';
import { FETCH_CAUSES } from '../src/triage/fetch-causes.js';

const FILE = fileURLToPath(new URL('../../docs/runbook.md', import.meta.url));

type Line = Readonly<Record<string, unknown>>;
type Step = keyof typeof STEP_EVENTS;

const USER: Identity = { username: asUsername('alice'), realm: 'ecmwf', issuer: null, roles: [] };
const CONTEXT = { requestId: 'r-1', eventType: 'dissemination', username: USER.username };

const QUESTION = { username: 'alice', realm: 'ecmwf', issuer: null, destination: 'CIP' };
const EXPLANATION: Explanation = {
  cache: { held: false },
  heldForNamesakes: 0,
  fetchRuns: false,
  servers: [],
  fresh: { verdict: 'allow' },
  request: { from: 'fresh', verdict: { verdict: 'allow' } },
};

/** One decision for each outcome of the check. */
export const CHECKED: Readonly<Record<CheckOutcome, Decision>> = {
  allow: { kind: 'allow', reason: 'destination_listed', identity: USER, cacheOutcome: 'hit' },
  admin_bypass: { kind: 'allow', reason: 'admin_bypass', identity: USER, cacheOutcome: null },
  deny_destination: { kind: 'deny', reason: 'DestinationNotInList', cacheOutcome: 'hit' },
  deny_match_key_missing: { kind: 'deny', reason: 'MatchKeyMissing', cacheOutcome: 'none' },
  unavailable: { kind: 'unavailable', fetchOutcome: 'Unreachable', cacheOutcome: 'miss_fetched' },
  error: {
    kind: 'error',
    errorKind: 'fetch_failed_unexpectedly',
    cause: new Error('a bug'),
    cacheOutcome: 'miss_fetched',
  },
};

const CHECKED_WHERE: Readonly<Record<CheckOutcome, readonly [when: string, where: string]>> = {
  allow: ["the destination is on the user's list", 'nowhere'],
  admin_bypass: ['the user matches `auth.admin_roles`; ECPDS is not asked', 'nowhere'],
  deny_destination: ['no usable list names the destination', "authorisation: the user's rights in ECPDS"],
  deny_match_key_missing: [
    'the request has no match-key field at all',
    'the client, or a schema that differs from what Aviso runs on',
  ],
  unavailable: [
    'no verdict under `partial_outage_policy`, or not in time',
    'upstream: ECPDS, the network, the service account',
  ],
  error: ['a bug or a misconfiguration on this side', 'this program, not ECPDS'],
};

/** One decision for each way to be refused before the check. */
const REFUSED: readonly (readonly [Exclude<Decision, { kind: 'allow' }>, string])[] = [
  ...Object.keys(INVALID_STATUS)
    .filter(isInvalidCode)
    .map((code) => [{ kind: 'invalid', code, message: '' }, invalidWhere(code)] as const),
  [{ kind: 'unauthenticated', message: '' }, "the client's token, or `auth.jwt_secret`"],
  [
    { kind: 'forbidden', message: '' },
    "the user's roles against `read_roles`, a provider without `ecpds_users`, or auth-o-tron said 403",
  ],
  [
    { kind: 'identity_unavailable', message: '' },
    'auth-o-tron, or a [key provider](key-outages.md); not ECPDS',
  ],
];

function isInvalidCode(code: string): code is InvalidCode {
  return code in INVALID_STATUS;
}

function invalidWhere(code: InvalidCode): string {
  const where: Readonly<Record<InvalidCode, string>> = {
    INVALID_JSON: 'the client: the body is not JSON, or nested too deeply',
    UNKNOWN_FIELD: 'the client: a field that Aviso does not know',
    INVALID_REQUEST_SHAPE: 'the client: a field of the wrong kind, a repeated one, or a bad match-key value',
    UNKNOWN_EVENT_TYPE: 'the client, or a schema that this program was not given',
    NOT_FOUND: 'the client: no such route of Aviso, or another method than POST',
    REQUEST_TIMEOUT: 'the proxy: it began a request and did not finish it',
    PAYLOAD_TOO_LARGE: 'the client: more than 262,144 bytes, or a body that the proxy cut off',
    UNSUPPORTED_MEDIA_TYPE: 'the client: a body with a `Content-Encoding`',
    REQUEST_HEADER_FIELDS_TOO_LARGE: 'the client: headers larger than this program reads',
    OVERLOADED: 'the proxy: more large requests at once than there is memory for',
  };
  return where[code];
}

type EventName =
  | (typeof CHECK_OUTCOMES)[CheckOutcome]['event']
  | (typeof STEP_EVENTS)[Step]['event']
  | (typeof PROTECTION_EVENTS)[keyof typeof PROTECTION_EVENTS]['event']
  | (typeof REQUEST_DENIED)['event'];

const MEANING: Readonly<Record<EventName, string>> = {
  'auth.ecpds.check.started': 'A check began. An admin who bypasses it has none.',
  'auth.ecpds.check.allowed': 'Allowed: the destination is listed.',
  'auth.ecpds.check.denied': 'Denied: `reason` says why.',
  'auth.ecpds.check.unavailable': 'No verdict: `fetch_outcome` says why.',
  'auth.ecpds.check.error': 'A fault of this program: `error_kind` and `error` say which.',
  'auth.ecpds.admin.bypass': 'Allowed without a check: an admin.',
  'auth.ecpds.cache.hit': 'The list was in the cache.',
  'auth.ecpds.cache.miss':
    'The list was not in the cache: a fetch was started, or one in flight is waited for.',
  'auth.ecpds.fetch.succeeded': 'One server gave a usable answer.',
  'auth.ecpds.fetch.failed': 'One server did not: `error` says what happened.',
  'auth.ecpds.fetch.skipped_inactive':
    'One server listed records whose `active` is not `true`. They do not count.',
  'auth.ecpds.fetch.skipped_record':
    'One server listed active records without a text in `target_field`. They do not count.',
  'auth.ecpds.fetch.rejected':
    'No list was fetched: `max_queued_fetches` calls wait for this server already. Not in `aviso_ecpds_fetch_total`.',
  'auth.ecpds.circuit.opened':
    'So many calls in a row failed that this server is only probed from now on; lists are answered as if it had failed with `fetch_outcome`.',
  'auth.ecpds.circuit.probe_failed': 'A probe of this server failed: `error` says how. The next one follows.',
  'auth.ecpds.circuit.closed': 'A probe was answered: this server is called again.',
  'auth.ecpds.recheck.revoked':
    'A list fetched behind a hit does not hold what was granted at `granted_at` any more. Streams opened then go on until they end.',
  'auth.ecpds.recheck.finished': 'A batch of `POST /recheck` was answered.',
  'auth.ecpds.explain.finished':
    'A `POST /explain` was answered: `verdict` is what a request would have got, `fresh_verdict` what the servers said.',
  'auth.ecpds.background.error':
    'A fault of this program outside of a decision: `task` and `error` say where. No request was answered wrongly.',
  'auth.middleware.request.denied': 'Refused before the check: `status_code` and `reason` say why.',
};

/** When a server's answer counts as what. */
const FETCH_WHEN: Readonly<Record<FetchOutcome, string>> = {
  Success: '200 with a list that can be read',
  Unauthorized: '401',
  Forbidden: '403',
  ClientError: 'any other 4xx, or a redirect',
  InvalidResponse:
    '200 that is not JSON, not `success: "yes"`, not a list or over 16 MiB; another 2xx; garbled HTTP',
  ServerError: '5xx',
  Unreachable: 'DNS, connect, TLS, reset, time-out',
};

/** Every line that is written about every decision and step, as written at log level `debug`. */
export function everyLine(format: 'json' | 'logfmt'): string[] {
  const lines: string[] = [];
  const output = { write: (line: string) => void lines.push(line.trimEnd()) };
  const log = createEventLog({ name: 'aviso-ecpds-authz', version: '0.0.0' }, 'debug', format, output);
  const recorder = createRecorder(log, createMetrics('0.0.0'));
  recorder.started(CONTEXT);
  recorder.cacheHit(CONTEXT);
  recorder.cacheMiss(CONTEXT);
  recorder.serverAnswered(CONTEXT, report(null));
  recorder.serverAnswered(CONTEXT, report({ outcome: 'Unreachable', error: 'ECONNREFUSED' }));
  everyProtection(recorder);
  const request = { transport: 'http', requestId: 'r-1', target: '/api/v1/watch', routeLabel: null } as const;
  const context = { request, eventType: 'dissemination', identity: USER, durationSeconds: 0 };
  for (const decision of Object.values(CHECKED)) recorder.decided(decision, context);
  for (const [decision] of REFUSED) recorder.decided(decision, context);
  return lines;
}

function everyProtection(recorder: Recorder): void {
  const down = report({ outcome: 'Unreachable', error: 'ECONNREFUSED' });
  recorder.fetchRejected(CONTEXT, down);
  recorder.circuitOpened(down, 'Unreachable');
  recorder.probeAnswered(down);
  recorder.circuitClosed(down);
  recorder.grantRevoked(CONTEXT, { destination: 'CIP', grantedAgoMs: 1 });
  recorder.rechecked('r-1', 1, [{ verdict: 'allow' }]);
  recorder.explained('r-1', QUESTION, EXPLANATION);
  recorder.backgroundFailed('refresh', new Error('a bug'));
}

function report(failure: ServerFailure | null): ServerReport {
  const records = { names: ['CIP'], total: 3, inactive: 1, malformed: 1 };
  return {
    index: 0,
    server: new URL('https://ecpds-1.example.int/'),
    targetField: 'name',
    status: failure === null ? 200 : null,
    durationMs: 1,
    result: failure === null ? ok(records) : fail(failure),
  };
}

const COMMON = ['level', 'timestamp', 'service_name', 'service_version', 'hostname', 'event_name', 'message'];

function events(): string {
  const lines = everyLine('json').map((line): Line => JSON.parse(line));
  const names = Object.keys(MEANING).filter((name): name is EventName => name in MEANING);
  const rows = names.map((name) => {
    const written = lines.filter((line) => line['event_name'] === name);
    const fields = new Set(written.flatMap((line) => Object.keys(line)));
    const own = [...fields].filter((field) => !COMMON.includes(field) && field !== 'request_id');
    return [code(name), String(written[0]?.['level']), own.map(code).join(', '), MEANING[name]];
  });
  return table(['event', 'level', 'fields', 'meaning'], rows);
}

function outcomes(): string {
  const rows = Object.entries(CHECKED).map(([outcome, decision]) => {
    const { status, event, level } = CHECK_OUTCOMES[outcome as CheckOutcome];
    const reason = decision.kind === 'deny' ? `, \`reason=${decision.reason}\`` : '';
    const [when, where] = CHECKED_WHERE[outcome as CheckOutcome];
    return [String(status), `${code(event)} (${level})${reason}`, code(outcome), when, where];
  });
  return table(['status', 'event (level)', '`outcome`', 'when', 'where the problem is'], rows);
}

function refusals(): string {
  const rows = REFUSED.map(([decision, where]) => {
    const { status, body } = answerTo(decision, { requestId: 'r-1', challenges: [] });
    const parsed: { code: string } = JSON.parse(body);
    return [String(status), code(parsed.code), code(reasonOf(decision)), where];
  }).sort(([one = ''], [other = '']) => Number(one) - Number(other));
  return table(['status', '`code` in the body', '`reason` in the event', 'where the problem is'], rows);
}

function reasonOf(decision: Decision): string {
  let reason = '';
  const output = {
    write: (line: string) => {
      reason = String((JSON.parse(line) as Line)['reason']);
    },
  };
  const log = createEventLog({ name: '', version: '' }, 'debug', 'json', output);
  const request = { transport: 'http', requestId: 'r-1', target: '/', routeLabel: null } as const;
  const context = { request, eventType: null, identity: null, durationSeconds: 0 };
  createRecorder(log, createMetrics('')).decided(decision, context);
  return reason;
}

function carriers(): string {
  const refused = [...Object.values(CHECKED), ...REFUSED.map(([decision]) => decision)];
  const statuses = new Map(
    refused.map((decision) => {
      const answer = answerTo(decision, { requestId: 'r-1', challenges: [] });
      return [answer.status, replyEnvoyHttp(answer).status] as const;
    }),
  );
  const rows = [...statuses]
    .filter(([real, carried]) => real !== carried)
    .sort(([one], [other]) => one - other);
  return table(
    ['means', 'travels to Envoy as'],
    rows.map(([real, carried]) => [String(real), String(carried)]),
  );
}

function fetches(): string {
  const order: FetchOutcome[] = [...FETCH_FAILURES.map(({ outcome }) => outcome), 'Success'];
  const rows = order.map((outcome) => {
    const label = code(fetchOutcomeLabel(outcome));
    if (outcome === 'Success') return ['', label, FETCH_WHEN[outcome], ''];
    return [code(outcome), label, FETCH_WHEN[outcome], `${FETCH_CAUSES[outcome].wrong}`];
  });
  return table(['`fetch_outcome`', '`outcome` of the series', 'a server answered', 'likely cause'], rows);
}

async function series(): Promise<string> {
  const { registry } = createMetrics('0.0.0', { keyStates: () => [PROVIDER], serverStates: () => [SERVER] });
  const metrics = (await registry.getMetricsAsJSON()).filter(({ name }) => name.startsWith('aviso_'));
  const rows = metrics.map(({ name, type, help, values }) => [
    code(name),
    String(type),
    labelsOf(values).join('; ') || 'none',
    help,
  ]);
  return table(['series', 'type', 'labels', 'what it says'], rows);
}

/** Labels whose values are not the same everywhere. */
const OPEN_LABELS = new Map([
  ['version', 'of the program'],
  ['oidc_provider', 'the configured names'],
  ['server_index', 'the positions in `ecpds.servers`, from 0'],
]);

/** Stands for any key provider. */
export const PROVIDER: KeyState = {
  provider: 'Gitlab',
  required: true,
  hadKeys: true,
  keys: 1,
  ageSeconds: 0,
  stale: false,
  lastOutcome: 'success',
  lastError: null,
};

/** Stands for any ECPDS server. */
export const SERVER: ServerState = {
  index: 0,
  server: new URL('https://ecpds-1.example.int/'),
  failure: null,
  circuitOpen: false,
  inFlight: 0,
  queued: 0,
};

/** Each label with the values that exist from start-up. */
function labelsOf(values: readonly { readonly labels: object }[]): string[] {
  const labels = new Map<string, Set<string>>();
  for (const [name, value] of values.flatMap((value) => Object.entries(value.labels))) {
    if (name === 'le') continue;
    labels.set(name, (labels.get(name) ?? new Set()).add(OPEN_LABELS.get(name) ?? code(`${value}`)));
  }
  return [...labels].map(([name, of]) => `\`${name}\`: ${[...of].join(', ')}`);
}

const code = (text: string): string => `\`${text}\``;

function table(heading: readonly string[], body: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(heading), line(heading.map(() => '---')), ...body.map(line)].join('\n');
}

const TABLES: Readonly<Record<string, () => string | Promise<string>>> = {
  outcomes,
  refusals,
  carriers,
  fetches,
  events,
  series,
};

/** The page with every table written anew. */
export async function written(page: string): Promise<string> {
  let result = page;
  for (const [name, make] of Object.entries(TABLES)) {
    const begin = `<!-- begin: ${name}, written by tools/runbook.ts -->`;
    const end = `<!-- end: ${name} -->`;
    const [from, to] = [result.indexOf(begin), result.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`docs/runbook.md lacks the markers of its table "${name}"`);
    result = `${result.slice(0, from + begin.length)}\n\n${await make()}\n\n${result.slice(to)}`;
  }
  return result;
}

async function main(check: boolean): Promise<number> {
  const before = readFileSync(FILE, 'utf8');
  const after = await written(before);
  if (after === before) return 0;
  if (check) {
    process.stderr.write(
      'docs/runbook.md is stale: run `npm run --silent build && node dist/tools/runbook.js`\n',
    );
    return 1;
  }
  writeFileSync(FILE, after);
  return 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  process.exitCode = await main(process.argv.includes('--check'));
