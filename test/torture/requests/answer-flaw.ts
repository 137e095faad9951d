import { codeOf, isAllow, statusOf, type Verdict } from '../reference/verdict.js';

/** An answer of the HTTP adapters, on the wire or before it. */
export interface HttpAnswer {
  readonly status: number;
  /** The value of a header by its name in lower case; several joined by a comma. */
  readonly header: (name: string) => string | undefined;
  readonly body: string;
}

/** The statuses that stand for 503 and 500 on their way through Envoy (contract section 6, "Envoy HTTP"). */
const CARRIED = new Map([
  [424, 503],
  [423, 500],
]);

/** What is wrong with the answer to a request of which one of these may come, or null. */
export function answerFlaw(answer: HttpAnswer, right: ReadonlySet<Verdict>, isEnvoy: boolean): string | null {
  const status = isEnvoy ? (CARRIED.get(answer.status) ?? answer.status) : answer.status;
  if (isEnvoy && answer.status >= 500) return `${answer.status} would be dropped by Envoy`;
  const verdicts = [...right];
  if (status === 200) return verdicts.some(isAllow) ? allowFlaw(answer) : 'it is allowed';
  const code = codeIn(answer.body);
  if (code === null) return `the body of a ${status} is ${JSON.stringify(answer.body.slice(0, 100))}`;
  const isRight = verdicts.some((verdict) => statusOf(verdict) === status && codeOf(verdict) === code);
  return isRight ? refusalFlaw(answer, status) : `the answer is ${status} ${code}`;
}

const allowFlaw = (answer: HttpAnswer): string | null =>
  (answer.header('x-aviso-decision') === 'allow' ? null : 'an allow without its marker') ??
  commonFlaw(answer);

function refusalFlaw(answer: HttpAnswer, status: number): string | null {
  if (answer.header('x-aviso-decision') !== undefined) return 'a refusal with the marker of an allow';
  if (answer.header('content-type') !== 'application/json') return 'a refusal that is not JSON';
  if ((status === 401) !== (answer.header('www-authenticate') === 'Bearer'))
    return 'a wrong WWW-Authenticate';
  const retryAfter = answer.header('retry-after');
  if (status === 503 && !(Number(retryAfter) >= 5 && Number(retryAfter) <= 15))
    return `Retry-After ${retryAfter}`;
  return commonFlaw(answer);
}

function commonFlaw(answer: HttpAnswer): string | null {
  if (answer.header('cache-control') !== 'no-store') return 'an answer that may be stored';
  return /^[A-Za-z0-9._-]{1,128}$/.test(answer.header('x-request-id') ?? '') ? null : 'an unfit X-Request-ID';
}

/** The code of an error body, when it has the members that the contract names and no other. */
function codeIn(body: string): string | null {
  const members: unknown = parsed(body);
  if (typeof members !== 'object' || members === null) return null;
  if (Object.keys(members).sort().join() !== 'code,error,message,request_id') return null;
  return 'code' in members && typeof members.code === 'string' ? members.code : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
