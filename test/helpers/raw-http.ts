import { connect } from 'node:net';

/** One answer as it came over the wire. Header names are in lower case; repeated values are in order. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: string;
}

const TIMEOUT_MS = 30_000;

/**
 * Sends these bytes, which no HTTP client would, and returns the final answers in order: so many of them, or those
 * that came before the other side closed the connection.
 */
export function exchange(
  port: number,
  bytes: string | readonly (string | Buffer)[],
  count = 1,
): Promise<RawAnswer[]> {
  return new Promise((resolve, reject) => {
    let received = '';
    const finish = () => {
      socket.destroy();
      resolve(finalAnswers(received));
    };
    const socket = connect(port, '127.0.0.1', () => {
      for (const part of typeof bytes === 'string' ? [bytes] : bytes) socket.write(part);
    });
    socket.setTimeout(TIMEOUT_MS, () =>
      socket.destroy(new Error(`no answer but ${JSON.stringify(received)}`)),
    );
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      if (finalAnswers(received).length >= count) finish();
    });
    socket.on('end', finish);
    socket.on('error', (error) => (received === '' ? reject(error) : finish()));
  });
}

/** The one answer to these bytes. */
export async function answerTo(
  port: number,
  bytes: string | readonly (string | Buffer)[],
): Promise<RawAnswer> {
  const [answer] = await exchange(port, bytes);
  if (answer === undefined) throw new Error('closed without an answer');
  return answer;
}

/** The complete answers in a text, without interim ones such as 100. */
function finalAnswers(text: string): RawAnswer[] {
  const answers: RawAnswer[] = [];
  let rest = text;
  for (;;) {
    const end = rest.indexOf('\r\n\r\n');
    const [statusLine = '', ...lines] = rest.slice(0, Math.max(end, 0)).split('\r\n');
    const status = Number(/^HTTP\/1\.1 ([0-9]{3}) /.exec(statusLine)?.[1]);
    if (end < 0 || Number.isNaN(status)) return answers;
    const headers = headersOf(lines);
    const length = status < 200 ? 0 : Number(headers.get('content-length')?.[0] ?? 0);
    const body = rest.slice(end + 4, end + 4 + length);
    if (body.length < length) return answers;
    if (status >= 200) answers.push({ status, headers, body: Buffer.from(body, 'latin1').toString('utf8') });
    rest = rest.slice(end + 4 + length);
  }
}

function headersOf(lines: readonly string[]): Map<string, string[]> {
  const headers = new Map<string, string[]>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), line.slice(colon + 1).trim()]);
  }
  return headers;
}

/** The bytes of a request: by default a watch with a body. Headers are written as given. */
export function rawRequest(
  parts: { method?: string; target?: string; headers?: readonly string[]; body?: string } = {},
): string {
  const { method = 'POST', target = '/api/v1/watch', headers = [], body = '' } = parts;
  const lines = [`${method} ${target} HTTP/1.1`, 'host: gateway.example', ...headers];
  if (!headers.some((header) => /^(content-length|transfer-encoding):/i.test(header))) {
    lines.push(`content-length: ${Buffer.byteLength(body)}`);
  }
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}
