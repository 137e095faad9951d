import type { Chance } from '../upstream/chance.js';
import { bodyOf } from './bodies.js';
import { type Kind, readAnswer, type Said } from './contract.js';

/** What one server does with one call. Delays are milliseconds. */
export interface Answer {
  /** Null: nothing comes but an error, or nothing at all. */
  readonly status: number | null;
  readonly chunks: readonly Uint8Array[];
  /** What the call ends with in place of the end of the body. */
  readonly fault: Fault | null;
  readonly delayMs: number;
}

interface Fault {
  /** Of the error that `fetch` throws; null: nothing comes any more, until the caller gives up. */
  readonly code: string | null;
  readonly kind: Kind;
}

const UNREACHABLE = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'ECONNRESET',
  'UND_ERR_SOCKET',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'ETIMEDOUT',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'HPE_INVALID_EOF_STATE',
];
const UNREADABLE = ['HPE_INVALID_CONSTANT', 'HPE_INVALID_CHUNK_SIZE', 'UND_ERR_HEADERS_OVERFLOW'];
const BROKEN_BODY = ['Z_DATA_ERROR', 'Z_BUF_ERROR', 'ERR__ERROR_FORMAT_PADDING_1'];
const STATUSES = [401, 401, 403, 403, 404, 429, 400, 407, 418, 451, 499, 500, 502, 503, 504, 599];
const ODD_STATUSES = [
  100, 101, 103, 199, 201, 202, 203, 204, 205, 206, 207, 226, 299, 300, 301, 302, 303, 304, 307, 308, 399,
  402, 600, 999,
];

export interface AnswerOptions {
  readonly field: string;
  /** The share of calls that fail by their status or wire: `1 / failing`. */
  readonly failing: number;
  /** Whether calls may hang, and answers be late. */
  readonly slow: boolean;
  readonly large: boolean;
}

export function answerOf(chance: Chance, options: AnswerOptions): Answer {
  const delayMs = options.slow && chance.oneIn(4) ? chance.pick([1, 50, 400, 2500, 9000, 29_000]) : 0;
  if (chance.oneIn(options.failing)) return failingAnswer(chance, options, delayMs);
  const body = bodyOf(chance, options.field, options.large);
  return { status: 200, chunks: chunksOf(chance, body), fault: null, delayMs };
}

function failingAnswer(chance: Chance, options: AnswerOptions, delayMs: number): Answer {
  const body = bodyOf(chance, options.field, false);
  switch (chance.int(0, 5)) {
    case 0:
      return { status: null, chunks: [], fault: faultOf(chance, options), delayMs };
    case 1: {
      const chunks = chunksOf(chance, body).slice(0, chance.int(0, 3));
      return { status: 200, chunks, fault: bodyFaultOf(chance, options), delayMs };
    }
    case 2:
      return { status: chance.pick(ODD_STATUSES), chunks: chunksOf(chance, body), fault: null, delayMs };
    default:
      return { status: chance.pick(STATUSES), chunks: chunksOf(chance, body), fault: null, delayMs };
  }
}

const HANGS: Fault = { code: null, kind: 'Unreachable' };

function faultOf(chance: Chance, { slow }: AnswerOptions): Fault {
  if (slow && chance.oneIn(4)) return HANGS;
  return chance.oneIn(3)
    ? { code: chance.pick(UNREADABLE), kind: 'InvalidResponse' }
    : { code: chance.pick(UNREACHABLE), kind: 'Unreachable' };
}

/** After the head: all bytes may have come, and still the answer has not ended as one must. */
function bodyFaultOf(chance: Chance, options: AnswerOptions): Fault {
  return chance.oneIn(2)
    ? faultOf(chance, options)
    : { code: chance.pick(BROKEN_BODY), kind: 'InvalidResponse' };
}

function chunksOf(chance: Chance, body: Uint8Array): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let from = 0; from < body.length; ) {
    const size = chance.oneIn(3) ? chance.int(0, 9) : body.length;
    chunks.push(body.subarray(from, from + size));
    from += size;
  }
  return chunks;
}

/** What the contract makes of an answer. @param limitMs how long a call may take */
export function saidBy({ status, chunks, fault, delayMs }: Answer, field: string, limitMs: number): Said {
  if (delayMs >= limitMs) return { usable: false, kind: 'Unreachable' };
  if (fault !== null) return { usable: false, kind: fault.kind };
  if (status === null) throw new Error('an answer without status or fault');
  const known = READ.get(chunks);
  if (known !== undefined) return known;
  const said = readAnswer(status, Buffer.concat(chunks), field);
  READ.set(chunks, said);
  return said;
}

/** What was read of an answer; every answer belongs to one scenario, with one field. */
const READ = new WeakMap<readonly Uint8Array[], Said>();
