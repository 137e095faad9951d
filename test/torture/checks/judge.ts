import { predict } from '../reference/predict.js';
import { codeOf, isAllow, statusOf, type Verdict } from '../reference/verdict.js';
import type { Truth } from '../reference/world.js';
import { readCheckRequest } from './check-request.js';
import { type ReadResponse, readCheckResponse } from './check-response.js';

/** What may rightly come of these bytes. */
export function rightFor(message: Buffer, truth: Truth): ReadonlySet<Verdict> {
  const { readings } = readCheckRequest(message);
  return new Set(
    readings.flatMap((reading): Verdict[] => {
      if (reading.kind === 'malformed') return ['400 INVALID_REQUEST_SHAPE'];
      return reading.kind === 'body as text' ? ['500 INTERNAL_ERROR'] : [...predict(reading.request, truth)];
    }),
  );
}

/** What is wrong with the answer to a check, and whether it lets somebody through. */
export function responseFlaw(
  answer: Buffer,
  right: ReadonlySet<Verdict>,
): { response: ReadResponse; flaw: string | null } {
  const response = readCheckResponse(answer);
  if (response.kind === 'flawed') return { response, flaw: `the answer has ${response.what}` };
  if (response.kind === 'allow') return { response, flaw: [...right].some(isAllow) ? null : 'it is allowed' };
  const { status, body, headers } = response;
  const code = /^\{"code":"([A-Z_]+)"/.exec(body)?.[1] ?? '';
  const isRight = [...right].some((verdict) => statusOf(verdict) === status && codeOf(verdict) === code);
  if (!isRight) return { response, flaw: `the answer is ${status} ${code}` };
  return {
    response,
    flaw: headers.get('cache-control') === 'no-store' ? null : 'an answer that may be stored',
  };
}
