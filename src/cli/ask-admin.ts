import { type ClientRequest, request } from 'node:http';
import { fail, ok, type Result } from '../domain/result.js';
import type { StatusReport } from '../transport/ops/status.js';
import type { Asked, Silence } from '../triage/unreachable.js';

/** A whole answer takes milliseconds; a process that does not have it after so long hangs. */
const TIMEOUT_MS = 5_000;
/** Fifteen minutes of history are some 100 kB. */
const MAX_BYTES = 8 * 1024 * 1024;

/** Where an admin listener is: a URL or the path of a Unix socket. */
export type AdminAddress = Asked & ({ readonly url: URL } | { readonly socketPath: string });

/** Reads `--admin`: `http://HOST:PORT`, or a path, which `unix:` may stand before. */
export function adminAddress(text: string): Result<AdminAddress, string> {
  const path = /^(?:unix:)?(\/.+)$/.exec(text)?.[1];
  if (path !== undefined) {
    return ok({ socketPath: path, shown: path, curl: `--unix-socket ${path} localhost` });
  }
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol !== 'http:' || url.pathname !== '/' || url.search !== '' || url.username !== '') {
    return fail('neither http://HOST:PORT nor the path of a Unix socket');
  }
  return ok({ url, shown: url.origin, curl: url.host });
}

/** Asks a running process how it stands. */
export async function askAdmin(address: AdminAddress): Promise<Result<StatusReport, Silence>> {
  const answer = await get(address);
  if (!answer.ok) return answer;
  const { status, body } = answer.value;
  if (status !== 200) return fail({ kind: 'other', error: `HTTP ${status}` });
  const report = parsed(body);
  return isReport(report) ? ok(report) : fail({ kind: 'other', error: 'the answer is not a diagnosis' });
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

function get(address: AdminAddress): Promise<Result<Answer, Silence>> {
  return new Promise((resolve) => {
    const target =
      'url' in address
        ? { host: address.url.hostname.replace(/^\[|\]$/g, ''), port: address.url.port || 80 }
        : { socketPath: address.socketPath };
    const asked = request({ ...target, path: '/status.json', agent: false });
    const end = (result: Result<Answer, Silence>): void => {
      clearTimeout(timer);
      asked.destroy();
      resolve(result);
    };
    const timer = setTimeout(
      () => end(fail({ kind: 'silent', error: `no answer within ${TIMEOUT_MS} ms` })),
      TIMEOUT_MS,
    );
    asked.on('error', (error: NodeJS.ErrnoException) => end(fail(silenceOf(error))));
    read(asked, end);
    asked.end();
  });
}

function read(asked: ClientRequest, end: (result: Result<Answer, Silence>) => void): void {
  asked.on('response', (response) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > MAX_BYTES) end(fail({ kind: 'other', error: `more than ${MAX_BYTES} bytes` }));
    });
    response.on('error', (error: NodeJS.ErrnoException) => end(fail(silenceOf(error))));
    response.on('end', () =>
      end(ok({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') })),
    );
  });
}

/** Nobody is there: for a socket also when its file is missing or was left behind. */
const NOBODY = ['ECONNREFUSED', 'ENOENT'];

function silenceOf(error: NodeJS.ErrnoException): Silence {
  const code = error.code ?? error.name;
  if (NOBODY.includes(code)) return { kind: 'refused', error: code };
  return code.startsWith('HPE_') ? { kind: 'other', error: code } : { kind: 'unknown', error: code };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isReport(value: unknown): value is StatusReport {
  if (!isObject(value) || !isObject(value['diagnosis']) || !isObject(value['situation'])) return false;
  const { verdict, summary, findings, figures } = value['diagnosis'];
  return (
    (verdict === 'healthy' || verdict === 'trouble') &&
    typeof summary === 'string' &&
    areTexts(figures) &&
    Array.isArray(findings) &&
    findings.every(isFinding)
  );
}

const FINDING_TEXTS = ['title', 'section', 'cause', 'wrong', 'next'];

const isFinding = (value: unknown): boolean =>
  isObject(value) &&
  FINDING_TEXTS.every((name) => typeof value[name] === 'string') &&
  areTexts(value['evidence']);

const areTexts = (value: unknown): boolean =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
