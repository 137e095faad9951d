import { fail, ok, type Result } from '../domain/result.js';

/** The part of the Fetch standard that is used here, without what it does by itself: whoever fetches asks once. */
export type Fetch = (url: URL, init: FetchInit) => Promise<FetchResponse>;
export interface FetchInit {
  readonly headers: Record<string, string>;
  readonly signal: AbortSignal;
  readonly redirect: 'manual';
}
export interface FetchResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: AsyncIterable<Uint8Array> | null;
}

/** A whole answer, its body already decoded. */
export interface GetResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: Uint8Array;
}

/**
 * Why there is no whole answer. `unreachable`: DNS, connect, TLS, time-out, reset. `unreadable`: something answered,
 * but not with HTTP that can be read, or with more than was asked for. `reason` names the cause by its code and never
 * carries credentials.
 */
export interface GetFailure {
  readonly kind: 'unreachable' | 'unreadable';
  readonly status: number | null;
  readonly reason: string;
}

export interface GetOptions {
  readonly fetch: Fetch;
  readonly url: URL;
  readonly headers: Record<string, string>;
  /** The most bytes of decoded body to take. */
  readonly maxBytes: number;
  /** From starting the call, name lookup included, to the last byte of the body; in milliseconds. */
  readonly timeoutMs: number;
}

/** One GET, once: no retry, no redirect followed, bounded in size, and in time whether or not `fetch` heeds its signal. */
export async function boundedGet(options: GetOptions): Promise<Result<GetResponse, GetFailure>> {
  const { fetch, url, headers, maxBytes, timeoutMs } = options;
  const limit = timeLimit(timeoutMs);
  const { signal } = limit;
  let status: number | null = null;
  try {
    const response = await limit.orPassed(fetch(url, { headers, signal, redirect: 'manual' }));
    status = response.status;
    const body = await limit.orPassed(readAtMost(response.body, maxBytes));
    if (body === null) return fail({ kind: 'unreadable', status, reason: `more than ${maxBytes} bytes` });
    return ok({ status, headers: response.headers, body });
  } catch (error) {
    return fail({ status, ...describe(error, signal.aborted ? timeoutMs : null) });
  } finally {
    limit.cancel();
  }
}

/** A limit of time that is told to a call by `signal`, and holds for whoever waits for it by `orPassed`. */
function timeLimit(ms: number) {
  const aborter = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      aborter.abort();
      reject(aborter.signal.reason);
    }, ms);
  });
  return {
    signal: aborter.signal,
    orPassed: <T>(value: Promise<T>): Promise<T> => Promise.race([value, passed]),
    cancel: () => clearTimeout(timer),
  };
}

/** The body, or null when it is larger than allowed; leaving the loop cancels the rest of it. */
async function readAtMost(body: AsyncIterable<Uint8Array> | null, maxBytes: number): Promise<Buffer | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

/**
 * Codes of an answer that came but is no readable HTTP: the parser's, and the decompressors'. Not among them are those of
 * a connection that ended before its answer did.
 */
const UNREADABLE_CODE =
  /^(HPE_(?!INVALID_EOF_STATE)|HTTPParserError$|Z_|ERR_(BROTLI|_ERROR|ZSTD|UNKNOWN_CONTENT_ENCODING)|UND_ERR_HEADERS_OVERFLOW)/;

function describe(error: unknown, timedOutMs: number | null): Pick<GetFailure, 'kind' | 'reason'> {
  if (timedOutMs !== null) return { kind: 'unreachable', reason: `no answer within ${timedOutMs} ms` };
  const code = errorCode(error) ?? 'unknown network error';
  return { kind: UNREADABLE_CODE.test(code) ? 'unreadable' : 'unreachable', reason: code };
}

/** The innermost error code: `fetch` wraps what happened as the cause of a TypeError. undici's parser has only a name. */
function errorCode(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  const inner = errorCode(error.cause);
  if (inner !== null) return inner;
  const code: unknown = 'code' in error ? error.code : null;
  if (typeof code === 'string' && code !== '') return code;
  return error.name === 'HTTPParserError' ? error.name : null;
}
