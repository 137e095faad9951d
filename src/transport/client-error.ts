import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Refuse } from '../decider.js';
import { INVALID_STATUS, type InvalidCode } from '../domain/decision.js';
import { answerTo } from './answer.js';
import { requestIdFrom } from './request-id.js';

const REFUSALS: Readonly<Record<string, { code: InvalidCode; message: string }>> = {
  HPE_HEADER_OVERFLOW: {
    code: 'REQUEST_HEADER_FIELDS_TOO_LARGE',
    message: 'the request headers are too large',
  },
  ERR_HTTP_REQUEST_TIMEOUT: { code: 'REQUEST_TIMEOUT', message: 'the request did not arrive in time' },
};
const MALFORMED = { code: 'INVALID_REQUEST_SHAPE', message: 'the request is not valid HTTP' } as const;

/** The client went away in the middle of its request: there is nobody to answer, and nothing was asked. */
const GONE = ['ECONNRESET', 'HPE_INVALID_EOF_STATE'];

/** Answers what Node could not read as an HTTP request, and closes the connection. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket, refuse: Refuse): void {
  if (GONE.includes(error.code ?? '') || !socket.writable) {
    socket.destroy();
    return;
  }
  const requestId = requestIdFrom(null);
  const decision = { kind: 'invalid', ...(REFUSALS[error.code ?? ''] ?? MALFORMED) } as const;
  refuse(decision, { transport: 'http', requestId, target: '-', routeLabel: null });
  const { headers, body } = answerTo(decision, { requestId, challenges: [] });
  const status = INVALID_STATUS[decision.code];
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
}
