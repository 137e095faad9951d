import { contentsOf, numberOf, readMessage } from '../protobuf/read.js';

/** A `CheckResponse` as Envoy takes it, or what is wrong with it. */
export type ReadResponse =
  | { readonly kind: 'allow'; readonly headers: ReadonlyMap<string, string> }
  | {
      readonly kind: 'refusal';
      readonly status: number;
      readonly code: number;
      readonly headers: ReadonlyMap<string, string>;
      readonly body: string;
    }
  | { readonly kind: 'flawed'; readonly what: string };

const flawed = (what: string): ReadResponse => ({ kind: 'flawed', what });

/** Reads an answer by the field numbers of Envoy's documentation. An allow must say so: nothing is one by omission. */
export function readCheckResponse(bytes: Buffer): ReadResponse {
  const response = readMessage(bytes);
  if (response === null || bytes.length === 0) return flawed('no message');
  const [status, ...statuses] = contentsOf(response, 1).map(readMessage);
  const [denied, ...denials] = contentsOf(response, 2);
  const [ok, ...oks] = contentsOf(response, 3);
  if (!status || statuses.length > 0) return flawed('not one status');
  if (denials.length > 0 || oks.length > 0 || (denied === undefined) === (ok === undefined))
    return flawed('not one http_response');
  const code = Number(numberOf(status, 1));
  if (ok !== undefined) return code === 0 ? allow(ok) : flawed(`ok_response with code ${code}`);
  return code === 0
    ? flawed('denied_response with code 0, which Envoy allows')
    : refusal(denied ?? Buffer.alloc(0), code);
}

function allow(bytes: Buffer): ReadResponse {
  const headers = headersIn(bytes);
  return headers === null ? flawed('an ok_response that cannot be read') : { kind: 'allow', headers };
}

function refusal(bytes: Buffer, code: number): ReadResponse {
  const denied = readMessage(bytes);
  const headers = headersIn(bytes);
  const http = denied === null ? null : readMessage(contentsOf(denied, 1)[0] ?? Buffer.alloc(0));
  if (denied === null || headers === null || http === null)
    return flawed('a denied_response that cannot be read');
  const status = Number(numberOf(http, 1));
  const body = (contentsOf(denied, 3).at(-1) ?? Buffer.alloc(0)).toString('utf8');
  return status >= 400 && status < 600
    ? { kind: 'refusal', status, code, headers, body }
    : flawed(`HTTP status ${status}`);
}

/** The `HeaderValueOption`s in field 2, by name. */
function headersIn(bytes: Buffer): Map<string, string> | null {
  const message = readMessage(bytes);
  if (message === null) return null;
  const headers = new Map<string, string>();
  for (const option of contentsOf(message, 2).map(readMessage)) {
    const header = option === null ? null : readMessage(contentsOf(option, 1)[0] ?? Buffer.alloc(0));
    if (header === null) return null;
    const [name, value] = [1, 2].map((number) => contentsOf(header, number).at(-1)?.toString('utf8') ?? '');
    headers.set(name ?? '', value ?? '');
  }
  return headers;
}
