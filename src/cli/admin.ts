import { readFile } from 'node:fs/promises';
import { type ClientRequest, request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { fail, ok, type Result } from '../domain/result.js';
import type { Asked, Silence } from '../triage/unreachable.js';

/** Where `sidecar.admin` is by default. */
export const DEFAULT_ADMIN = 'http://127.0.0.1:9464';

/** Where an admin listener is: a URL or the path of a Unix socket. */
export type AdminAddress = Asked & ({ readonly url: URL } | { readonly socketPath: string });

/** What is asked. Without a body it is a `GET`, with one a `POST` of it as JSON. */
export interface AdminQuestion {
  readonly path: string;
  readonly body?: unknown;
  /** Shown as Bearer token. */
  readonly token?: string;
  /** From connecting to the last byte, in milliseconds. */
  readonly timeoutMs: number;
}

export interface AdminAnswer {
  readonly status: number;
  /** The body, or null when it is no JSON. */
  readonly json: unknown;
}

/** Fifteen minutes of history, the largest answer, are some 100 kB. */
const MAX_BYTES = 8 * 1024 * 1024;

/**
 * Reads `--admin`: `http://HOST:PORT`, `https` when something with TLS stands before it, or a path, before which `unix:`
 * may stand. The failure ends the sentence that names the option.
 */
export function adminAddress(text: string): Result<AdminAddress, string> {
  const path = /^(?:unix:)?(\/.+)$/.exec(text)?.[1];
  if (path !== undefined) {
    return ok({ socketPath: path, shown: path, curl: `--unix-socket ${path} localhost` });
  }
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.href !== `${url.origin}/`) {
    return fail('neither http://HOST:PORT nor the path of a Unix socket');
  }
  return ok({ url, shown: url.origin, curl: url.protocol === 'https:' ? url.origin : url.host });
}

/** Reads `--token-file`: one Bearer token, and one newline at most. The failure ends the sentence that names the option. */
export async function readTokenFile(file: string): Promise<Result<string, string>> {
  try {
    const token = (await readFile(file, 'utf8')).replace(/\r?\n$/, '');
    return /^[\w.~+/-]+=*$/.test(token) ? ok(token) : fail('does not hold one Bearer token');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : 'unknown';
    return fail(`cannot be read (${code})`);
  }
}

/** Asks a running process, once. A redirect is not followed, so that nobody else gets the token. */
export function askAdmin(
  address: AdminAddress,
  question: AdminQuestion,
): Promise<Result<AdminAnswer, Silence>> {
  const { timeoutMs } = question;
  return new Promise((resolve) => {
    const asked = send(address, question);
    const end = (result: Result<AdminAnswer, Silence>): void => {
      clearTimeout(timer);
      asked.destroy();
      resolve(result);
    };
    const timer = setTimeout(
      () => end(fail({ kind: 'silent', error: `no answer within ${timeoutMs} ms` })),
      timeoutMs,
    );
    asked.on('error', (error: NodeJS.ErrnoException) => end(fail(silenceOf(error))));
    read(asked, end);
  });
}

function send(address: AdminAddress, { path, body, token }: AdminQuestion): ClientRequest {
  const options: RequestOptions = {
    path,
    agent: false,
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
  };
  const asked = 'url' in address ? toUrl(address.url, options) : httpRequest({ ...options, ...address });
  asked.end(body === undefined ? undefined : JSON.stringify(body));
  return asked;
}

function toUrl({ protocol, hostname, port }: URL, options: RequestOptions): ClientRequest {
  const target = { ...options, host: hostname.replace(/^\[|\]$/g, '') };
  return protocol === 'https:'
    ? httpsRequest({ ...target, port: port || 443 })
    : httpRequest({ ...target, port: port || 80 });
}

function read(asked: ClientRequest, end: (result: Result<AdminAnswer, Silence>) => void): void {
  asked.on('response', (response) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > MAX_BYTES) end(fail({ kind: 'other', error: `more than ${MAX_BYTES} bytes` }));
    });
    response.on('error', (error: NodeJS.ErrnoException) => end(fail(silenceOf(error))));
    response.on('end', () => end(ok({ status: response.statusCode ?? 0, json: parsed(chunks) })));
  });
}

/** Nobody is there: for a socket also when its file is missing or was left behind. */
const NOBODY = ['ECONNREFUSED', 'ENOENT'];
/** What speaks neither HTTP, nor TLS where that was expected. */
const NOT_THE_PROTOCOL = /^(?:HPE_|ERR_SSL_|EPROTO$)/;

function silenceOf(error: NodeJS.ErrnoException): Silence {
  const code = error.code ?? error.name;
  if (NOBODY.includes(code)) return { kind: 'refused', error: code };
  return { kind: NOT_THE_PROTOCOL.test(code) ? 'other' : 'unknown', error: code };
}

function parsed(chunks: readonly Buffer[]): unknown {
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return null;
  }
}

/** Whether a value that was read is an object with members, or a list. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
