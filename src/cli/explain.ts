import { type AdminAnswer, adminAddress, askAdmin, isRecord, readTokenFile } from './admin.js';
import { EXIT, printable, type Terminal, table } from './terminal.js';

export interface ExplainOptions {
  readonly user: string;
  readonly destination: string;
  readonly realm?: string;
  readonly issuer?: string;
  /** A URL, or the path of a Unix socket. */
  readonly admin: string;
  /** A file with `sidecar.recheck_token`. */
  readonly tokenFile?: string;
  readonly json?: boolean;
}

/** More than twice any sensible `request_timeout_seconds`, in milliseconds. */
const TIMEOUT_MS = 300_000;

/** Asks a running process what it holds and what it would say about one right, and prints it. */
export async function explain(options: ExplainOptions, terminal: Terminal): Promise<number> {
  const { admin, tokenFile, user: username, realm = null, issuer = null, destination } = options;
  const fail = (message: string, code: number): number => {
    terminal.err(terminal.paint('red', message));
    return code;
  };
  const address = adminAddress(admin);
  if (!address.ok) return fail(`--admin '${admin}': ${address.failure}`, EXIT.usage);
  const token = tokenFile === undefined ? null : await readTokenFile(tokenFile);
  if (token?.ok === false) return fail(`--token-file '${tokenFile}' ${token.failure}`, EXIT.usage);
  const asked = await askAdmin(address.value, {
    path: '/explain',
    body: { username, realm, issuer, destination },
    ...(token === null ? {} : { token: token.value }),
    timeoutMs: TIMEOUT_MS,
  });
  if (!asked.ok)
    return fail(`no answer from ${address.value.shown} (${asked.failure.error})`, EXIT.unavailable);
  const answer = readAnswer(asked.value);
  if (answer === null) return fail(...refusal(asked.value));
  terminal.out(options.json ? JSON.stringify(answer, null, 2) : asText(answer, terminal));
  return EXIT_OF[answer.request_now.verdict];
}

type Verdict = 'allow' | 'deny' | 'unavailable';
const EXIT_OF = { allow: EXIT.ok, deny: EXIT.denied, unavailable: EXIT.unavailable } as const;

/** The members of the body of `POST /explain` that are looked at; `--json` prints all. */
interface Answer {
  readonly username: string;
  readonly realm: string | null;
  readonly issuer: string | null;
  readonly destination: string;
  readonly cache: {
    readonly held: boolean;
    readonly age_seconds: number | null;
    readonly remaining_seconds: number | null;
    readonly listed: boolean | null;
    readonly fetch_in_flight: boolean;
    readonly other_lists_of_this_name: number;
  };
  readonly servers: readonly ServerAnswer[];
  readonly request_now: VerdictAnswer & { readonly from: string; readonly why: string };
  readonly fresh: VerdictAnswer;
}
interface VerdictAnswer {
  readonly verdict: Verdict;
  readonly reason?: string;
  readonly fetch_outcome?: string;
}
interface ServerAnswer {
  readonly server_index: number;
  readonly server: string;
  readonly circuit_open: boolean;
  readonly status: number | null;
  readonly latency_ms: number | null;
  readonly outcome: string;
  readonly error: string | null;
  readonly listed: boolean | null;
}

function readAnswer({ status, json }: AdminAnswer): Answer | null {
  return status === 200 && isAnswer(json) ? json : null;
}

/** Told by its outline: whoever answers so at this path is this program. */
function isAnswer(value: unknown): value is Answer {
  if (!isRecord(value) || !isRecord(value['cache']) || !Array.isArray(value['servers'])) return false;
  return [value['fresh'], value['request_now']].every(
    (said) =>
      isRecord(said) && typeof said['verdict'] === 'string' && Object.hasOwn(EXIT_OF, said['verdict']),
  );
}

function refusal({ status, json }: AdminAnswer): [message: string, code: number] {
  const reason = isRecord(json) && typeof json['message'] === 'string' ? json['message'] : 'not this program';
  const code = status === 429 || status >= 500 ? EXIT.unavailable : EXIT.usage;
  return [`HTTP ${status}: ${printable(reason)}`, code];
}

function asText(answer: Answer, terminal: Terminal): string {
  const { cache, servers } = answer;
  const namesakes = cache.other_lists_of_this_name;
  return [
    `${terminal.paint('bold', 'Cache')}    ${cacheText(answer)}`,
    ...(namesakes > 0
      ? [`         ${namesakes} held for this name under another realm or issuer: see --realm, --issuer`]
      : []),
    ...(cache.fetch_in_flight ? ['         a fetch of this list is in flight'] : []),
    '',
    ...(servers.length === 0 ? ['No server was asked.'] : [serverTable(servers)]),
    '',
    `Fresh    ${verdictText(answer.fresh)}`,
    requestLine(answer, terminal),
  ].join('\n');
}

function cacheText({ cache, username, realm, issuer }: Answer): string {
  const of = `user '${printable(username)}', realm ${quoted(realm)}, issuer ${quoted(issuer)}`;
  if (!cache.held) return `no list of ${of}`;
  const listed = cache.listed ? 'listed' : 'not listed';
  return `${listed}: the list of ${of} is ${cache.age_seconds} s old and used for ${cache.remaining_seconds} s more`;
}

function serverTable(servers: readonly ServerAnswer[]): string {
  const heading = ['#', 'server', 'status', 'latency', 'destination', 'circuit', 'outcome'];
  const cells = servers.map((row) => [
    `${row.server_index}`,
    printable(row.server),
    `${row.status ?? '-'}`,
    row.latency_ms === null ? '-' : `${row.latency_ms} ms`,
    row.listed === null ? '-' : row.listed ? 'listed' : 'not listed',
    row.circuit_open ? 'open' : 'closed',
    row.error === null ? row.outcome : `${row.outcome} (${printable(row.error)})`,
  ]);
  return table([heading, ...cells]);
}

const verdictText = ({ verdict, reason, fetch_outcome }: VerdictAnswer): string =>
  [verdict, ...[reason ?? fetch_outcome ?? []].flat().map((detail) => `(${printable(detail)})`)].join(' ');

const COLOUR = { allow: 'green', deny: 'red', unavailable: 'yellow' } as const;

function requestLine(answer: Answer, terminal: Terminal): string {
  const { request_now: now, username, destination } = answer;
  const subject = `user '${printable(username)}' reading '${printable(destination)}' now`;
  const detail = now.reason ?? now.fetch_outcome;
  const because = detail === undefined ? '' : ` (${printable(detail)})`;
  const verdict = terminal.paint(COLOUR[now.verdict], now.verdict.toUpperCase());
  return `${verdict}  ${subject}: ${printable(now.why)}${because}`;
}

const quoted = (text: string | null): string => (text === null ? 'none' : `'${printable(text)}'`);
