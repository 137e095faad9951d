import type { Decision } from '../domain/decision.js';
import { unreachable } from '../domain/result.js';
import { statusOf } from '../observe/vocabulary.js';

/** What a decision says on the wire, before an adapter dresses it for its proxy. */
export interface Answer {
  /** True for an allow and for nothing else. */
  readonly allows: boolean;
  readonly status: number;
  readonly headers: Record<string, string | string[]>;
  readonly body: string;
}

export interface AnswerOptions {
  readonly requestId: string;
  /** The `WWW-Authenticate` values of a 401: `Bearer`, and `Basic` in direct mode. */
  readonly challenges: readonly string[];
}

/** Those of a 401; for any other decision nobody is asked. */
export const challengesOf = (decision: Decision, challenges: () => readonly string[]): readonly string[] =>
  decision.kind === 'unauthenticated' ? challenges() : [];

/** Seconds that a client without a verdict is told to wait, both included; spread, so that all do not return at once. */
const RETRY_AFTER_SECONDS = { min: 5, max: 15 };

type Headers = Record<string, string | string[]>;

/** The status, headers and body of a decision (contract section 2, "Error bodies", and section 6). */
export function answerTo(decision: Decision, options: AnswerOptions): Answer {
  const { requestId } = options;
  if (decision.kind === 'allow') {
    return { allows: true, status: 200, headers: allowHeaders(decision, requestId), body: '' };
  }
  const status = statusOf(decision);
  const { code, message } = refusalText(decision);
  return {
    allows: false,
    status,
    headers: refusalHeaders(status, options),
    body: JSON.stringify({ code, error: code.toLowerCase(), message, request_id: requestId }),
  };
}

/**
 * `x-aviso-decision` lets a proxy that sees only HTTP insist on an answer of ours, not on any 200. `authorization` is
 * what the gateway is to see in place of the client's.
 */
function allowHeaders({ identity, authorization }: Decision & { kind: 'allow' }, requestId: string): Headers {
  const headers: Headers = {
    'cache-control': 'no-store',
    'x-request-id': requestId,
    'x-aviso-decision': 'allow',
  };
  if (authorization !== undefined) headers['authorization'] = authorization;
  addName(headers, 'x-aviso-user', identity?.username);
  addName(headers, 'x-aviso-realm', identity?.realm);
  return headers;
}

/**
 * Longer than any real name, and so short that nginx's buffer for an answer and Envoy's limit for a request still
 * hold it: beyond those a proxy fails a request that was allowed.
 */
const MAX_NAME_HEADER = 2048;

/** A header for the gateway's log. Left out when too long: a name cut short may be another's. */
function addName(headers: Headers, header: string, name: string | null | undefined): void {
  if (name == null) return;
  const text = headerText(name);
  if (text.length <= MAX_NAME_HEADER) headers[header] = text;
}

/** Percent-encoded outside visible ASCII, and `%` itself, so that it can be read back. */
const headerText = (text: string): string =>
  PLAIN.test(text) ? text : text.replace(/[^\x21-\x24\x26-\x7e]+/gu, (part) => encodeURIComponent(part));
const PLAIN = /^[\x21-\x24\x26-\x7e]*$/;

function refusalHeaders(status: number, { requestId, challenges }: AnswerOptions): Headers {
  const headers: Headers = {
    'cache-control': 'no-store',
    'x-request-id': requestId,
    'content-type': 'application/json',
  };
  if (status === 401) headers['www-authenticate'] = [...challenges];
  if (status === 503) headers['retry-after'] = retryAfter();
  return headers;
}

function retryAfter(): string {
  const { min, max } = RETRY_AFTER_SECONDS;
  return String(min + Math.floor(Math.random() * (max - min + 1)));
}

/** The code and sentence a client sees: never upstream detail, a token or another user's name. */
function refusalText(decision: Exclude<Decision, { kind: 'allow' }>): { code: string; message: string } {
  switch (decision.kind) {
    case 'invalid':
      return decision;
    case 'unauthenticated':
      return { code: 'UNAUTHORIZED', message: decision.message };
    case 'forbidden':
      return { code: 'FORBIDDEN', message: decision.message };
    case 'identity_unavailable':
      return { code: 'SERVICE_UNAVAILABLE', message: decision.message };
    case 'deny':
      return { code: 'FORBIDDEN', message: DENIED[decision.reason] };
    case 'unavailable':
      return { code: 'SERVICE_UNAVAILABLE', message: 'ECPDS service is inaccessible' };
    case 'error':
      return { code: 'INTERNAL_ERROR', message: 'The authorization check failed unexpectedly' };
    default:
      return unreachable(decision);
  }
}

const DENIED = {
  DestinationNotInList: 'User does not have access to this destination',
  MatchKeyMissing: 'The request does not name a destination',
};
