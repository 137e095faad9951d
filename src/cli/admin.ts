import { readFile } from 'node:fs/promises';
import { fail, ok, type Result } from '../domain/result.js';

/** Where `sidecar.admin` is by default. */
export const DEFAULT_ADMIN = 'http://127.0.0.1:9464';

/** The admin listener of a running process, and the token that it may want. */
export interface AdminOptions {
  readonly admin: string;
  /** A file with `sidecar.recheck_token`; one newline at its end is not part of it. */
  readonly tokenFile?: string;
}

/** An answer with its body as text. */
export interface AdminAnswer {
  readonly status: number;
  readonly body: string;
}

/** Why there is no answer. `usage`: the options are wrong. `unreachable`: nobody answers there. */
export interface AdminFailure {
  readonly kind: 'usage' | 'unreachable';
  readonly message: string;
}

/** More than twice any sensible `request_timeout_seconds`, in milliseconds. */
const ANSWER_WITHIN_MS = 300_000;

/** Asks a running process with one `POST` of JSON. A redirect is not followed, so that nobody else gets the token. */
export async function postToAdmin(
  { admin, tokenFile }: AdminOptions,
  path: string,
  body: unknown,
): Promise<Result<AdminAnswer, AdminFailure>> {
  const url = adminUrl(admin, path);
  if (url === null) return fail({ kind: 'usage', message: `--admin '${admin}' is not an http URL` });
  const authorization = tokenFile === undefined ? ok({}) : await bearerFrom(tokenFile);
  if (!authorization.ok) return authorization;
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...authorization.value },
      body: JSON.stringify(body),
      redirect: 'manual',
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    return ok({ status: response.status, body: await response.text() });
  } catch (error) {
    return fail({ kind: 'unreachable', message: `no answer from ${url.origin} (${reasonOf(error)})` });
  }
}

function adminUrl(admin: string, path: string): URL | null {
  if (!URL.canParse(admin)) return null;
  const url = new URL(admin);
  const isPlain = url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (!/^https?:$/.test(url.protocol) || !isPlain) return null;
  return new URL(`${url.origin}${url.pathname.replace(/\/$/, '')}${path}`);
}

async function bearerFrom(file: string): Promise<Result<{ authorization: string }, AdminFailure>> {
  try {
    const token = (await readFile(file, 'utf8')).replace(/\r?\n$/, '');
    if (/^[\w.~+/-]+=*$/.test(token)) return ok({ authorization: `Bearer ${token}` });
    return fail({ kind: 'usage', message: `--token-file '${file}' does not hold one Bearer token` });
  } catch (error) {
    return fail({ kind: 'usage', message: `--token-file '${file}' cannot be read (${reasonOf(error)})` });
  }
}

/** The innermost code, which names what happened; else the kind of error. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if (error.cause !== undefined) return reasonOf(error.cause);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
