import type { KeyFetchOutcome } from '../../domain/key-state.js';
import { fail, ok, type Result } from '../../domain/result.js';
import { boundedGet, type Fetch } from '../../http/bounded-get.js';
import { discoveryUrl, readDiscovery } from './discovery.js';
import { type KeySet, readKeySet } from './key-set.js';
import { KEY_FETCH_TIMEOUT_MS, type KeySource } from './settings.js';

/** What came of one attempt to fetch a provider's keys. */
export interface KeyFetch {
  /** The status of the last answer, or null when there was none. */
  readonly status: number | null;
  readonly result: Result<KeySet, KeyFetchFailure>;
  /** Where the keys are, as far as that is known now. */
  readonly jwksUri: URL | null;
}
export interface KeyFetchFailure {
  readonly outcome: Exclude<KeyFetchOutcome, 'success'>;
  /** Names what failed; quotes nothing of what came. */
  readonly error: string;
}

/** Far above any real set of {@link MAX_KEYS} keys or discovery document. */
const MAX_RESPONSE_BYTES = 1_048_576;

/**
 * Fetches and reads a provider's keys: one GET, or two when the discovery document has to say where they are. Never
 * retried, no redirect followed, bounded in time and size.
 *
 * @param known where the keys were last time, or null to ask
 */
export async function fetchKeys(source: KeySource, known: URL | null, fetch: Fetch): Promise<KeyFetch> {
  const deadline = performance.now() + KEY_FETCH_TIMEOUT_MS;
  const left = (): number => Math.max(1, Math.floor(deadline - performance.now()));
  let jwksUri = source.jwksUri ?? known;
  if (jwksUri === null) {
    const document = await get(fetch, discoveryUrl(source.issuer), left());
    if (!document.result.ok) return { ...document, result: document.result, jwksUri: null };
    const read = readDiscovery(document.result.value, source.issuer);
    if (!read.ok)
      return {
        status: document.status,
        result: invalid(`the discovery document ${read.failure}`),
        jwksUri: null,
      };
    jwksUri = read.value;
  }
  const { status, result } = await get(fetch, jwksUri, left());
  if (!result.ok) return { status, result, jwksUri };
  const set = await readKeySet(result.value, source.algorithms);
  return set.ok
    ? { status, result: set, jwksUri }
    : { status, result: fail({ ...set.failure, error: `the answer ${set.failure.error}` }), jwksUri };
}

const invalid = (error: string): Result<never, KeyFetchFailure> =>
  fail({ outcome: 'invalid_response', error });

interface Got {
  readonly status: number | null;
  readonly result: Result<Uint8Array, KeyFetchFailure>;
}

/** The body of a 200. Another 2xx is none: 206, for one, is a part. */
async function get(fetch: Fetch, url: URL, timeoutMs: number): Promise<Got> {
  const headers = { accept: 'application/json' };
  const answer = await boundedGet({ fetch, url, headers, maxBytes: MAX_RESPONSE_BYTES, timeoutMs });
  if (!answer.ok) {
    const { kind, status, reason: error } = answer.failure;
    const outcome = kind === 'unreachable' ? 'unreachable' : 'invalid_response';
    return { status, result: fail({ outcome, error }) };
  }
  const { status, body } = answer.value;
  if (status === 200) return { status, result: ok(body) };
  return { status, result: fail({ outcome: outcomeOf(status), error: `HTTP ${status}` }) };
}

/** A redirect is not followed, and counts like a 4xx: the address is wrong. */
function outcomeOf(status: number): KeyFetchFailure['outcome'] {
  if (status >= 500) return 'http_5xx';
  return status >= 300 ? 'http_4xx' : 'invalid_response';
}
