/** One final answer, as it came. */
export interface Http1Answer {
  readonly status: number;
  readonly requestId: string;
  readonly decision: string;
  readonly body: string;
}

/** The final answers in what came on a connection, in order; interim ones are left out. */
export function answersIn(text: string): Http1Answer[] {
  const answers: Http1Answer[] = [];
  for (let at = 0; ; ) {
    const end = text.indexOf('\r\n\r\n', at);
    const status = Number(/^HTTP\/1\.1 ([0-9]{3}) /.exec(text.slice(at, at + 16))?.[1] ?? Number.NaN);
    if (end < 0 || Number.isNaN(status)) return answers;
    const head = text.slice(at, end);
    const length = Number(headerOf(head, 'content-length') || 0);
    if (text.length < end + 4 + length) return answers;
    const body = text.slice(end + 4, end + 4 + length);
    const requestId = headerOf(head, 'x-request-id');
    if (status >= 200)
      answers.push({ status, requestId, decision: headerOf(head, 'x-aviso-decision'), body });
    at = end + 4 + length;
  }
}

const headerOf = (head: string, name: string): string =>
  new RegExp(`^${name}: (.*)$`, 'im').exec(head.replaceAll('\r', ''))?.[1] ?? '';

export interface RequestParts {
  readonly method?: string;
  readonly target?: string;
  readonly version?: string;
  readonly headers?: readonly string[];
  readonly body?: string;
}

/** A request as it would be written; a length is added unless the framing is given. */
export function request({
  method = 'POST',
  target = '/api/v1/watch',
  version = 'HTTP/1.1',
  headers = [],
  body = '',
}: RequestParts): string {
  const framed = headers.some((header) => /^(content-length|transfer-encoding)/i.test(header));
  const length = framed ? [] : [`content-length: ${body.length}`];
  return `${[`${method} ${target} ${version}`, 'host: gateway.example', ...headers, ...length].join('\r\n')}\r\n\r\n${body}`;
}

export const chunked = (pieces: readonly string[], end = '0\r\n\r\n'): string =>
  `${pieces.map((piece) => `${piece.length.toString(16)}\r\n${piece}\r\n`).join('')}${end}`;
