import type { FetchFailure } from '../domain/fetch-outcome.js';
import type { Username } from '../domain/names.js';
import { fail, ok, type Result } from '../domain/result.js';
import { boundedGet, type Fetch, type GetFailure, type GetResponse } from '../http/bounded-get.js';
import { type Records, readDestinationList } from './payload.js';

/** How to ask ECPDS servers: the `ecpds` block, in the units of the code. */
export interface ServerSettings {
  readonly username: string;
  readonly password: string;
  readonly targetField: string;
  /** `request_timeout_seconds`, in milliseconds. */
  readonly requestTimeoutMs: number;
}

/** What asking one server once came to. */
export interface ServerReport {
  /** Zero-based position in `ecpds.servers`. */
  readonly index: number;
  readonly server: URL;
  /** The record member that names a destination. */
  readonly targetField: string;
  /** The HTTP status, or null when none came. */
  readonly status: number | null;
  /** From starting the call to its end, in milliseconds. */
  readonly durationMs: number;
  readonly result: Result<Records, ServerFailure>;
}

export interface ServerFailure {
  readonly outcome: FetchFailure;
  /** What happened, for logs and operators; carries no credentials. */
  readonly error: string;
}

/** A decoded answer larger than this is not a destination list. */
const MAX_RESPONSE_BYTES = 16 * 1024 * 1024;

/** Asks one ECPDS server for a user's destinations: once, without following redirects (contract section 3). */
export async function askServer(
  settings: ServerSettings,
  fetch: Fetch,
  index: number,
  server: URL,
  username: Username,
): Promise<ServerReport> {
  const startedAt = performance.now();
  const url = destinationListUrl(server, username);
  const common = { index, server, targetField: settings.targetField };
  const uncallable = uncallableFor(server, username);
  if (uncallable !== null) return { ...common, status: null, durationMs: 0, result: fail(uncallable) };
  const answer = await boundedGet({
    fetch,
    url,
    headers: { accept: 'application/json', authorization: basicAuth(settings) },
    maxBytes: MAX_RESPONSE_BYTES,
    timeoutMs: settings.requestTimeoutMs,
  });
  const durationMs = performance.now() - startedAt;
  const status = answer.ok ? answer.value.status : answer.failure.status;
  const result = answer.ok
    ? readAnswer(answer.value, settings.targetField)
    : fail(networkFailure(answer.failure));
  return { ...common, status, durationMs, result };
}

/** The longest URL that Aviso's HTTP library takes; one with a longer name fails there, so here too. */
const MAX_URL_LENGTH = 65_534;
/** What one UTF-16 code unit can become in a URL: three bytes, three characters each. */
const MAX_ESCAPED = 9;
const URL_TOO_LONG: ServerFailure = { outcome: 'Unreachable', error: 'the URL is too long' };

/**
 * Why no call is made for such a user, or null. It says nothing about the server.
 *
 * Measured on the URL as Aviso writes it: form encoding, which escapes more than `encodeURIComponent` does.
 */
export function uncallableFor(server: URL, username: Username): ServerFailure | null {
  if (server.href.length + username.length * MAX_ESCAPED < MAX_URL_LENGTH / 2) return null;
  const theirs = destinationListUrl(server, username);
  theirs.searchParams.set('id', username);
  return theirs.href.length > MAX_URL_LENGTH ? URL_TOO_LONG : null;
}

/** `{server}/ecpds/v1/destination/list?id={username}`; the server may carry a path prefix and a trailing slash. */
export function destinationListUrl(server: URL, username: Username): URL {
  const url = new URL(server);
  url.pathname = `${server.pathname.replace(/\/$/, '')}/ecpds/v1/destination/list`;
  url.search = `?id=${encodeURIComponent(username)}`;
  return url;
}

function basicAuth({ username, password }: ServerSettings): string {
  return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
}

function readAnswer(answer: GetResponse, targetField: string): Result<Records, ServerFailure> {
  if (answer.status !== 200) {
    return fail({ outcome: outcomeOfStatus(answer.status), error: `HTTP ${answer.status}` });
  }
  const records = readDestinationList(answer.body, targetField);
  return records.ok ? ok(records.value) : fail({ outcome: 'InvalidResponse', error: records.failure });
}

/** The failure a status other than 200 stands for; redirects are answers from the wrong place, as a 404 is. */
function outcomeOfStatus(status: number): FetchFailure {
  if (status === 401) return 'Unauthorized';
  if (status === 403) return 'Forbidden';
  if (status >= 300 && status < 500) return 'ClientError';
  return status >= 500 && status < 600 ? 'ServerError' : 'InvalidResponse';
}

function networkFailure({ kind, reason }: GetFailure): ServerFailure {
  return { outcome: kind === 'unreachable' ? 'Unreachable' : 'InvalidResponse', error: reason };
}
