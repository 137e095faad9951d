import type { IncomingMessage } from 'node:http';
import type { AuthzRequest, Transport } from '../domain/request.js';
import { isPartialMarker } from './partial-body.js';
import { requestIdFrom } from './request-id.js';

/** What an adapter has to add to what every HTTP message says by itself. */
export interface MessageReading {
  readonly transport: Transport;
  readonly target: string;
  readonly deadline: number | null;
}

/** An HTTP message as an authorization request. */
export function requestFromMessage(
  message: IncomingMessage,
  body: Uint8Array,
  reading: MessageReading,
): AuthzRequest {
  const { headers } = message;
  return {
    ...reading,
    requestId: requestIdFrom(single(headers['x-request-id'])),
    method: message.method ?? '',
    authorization: rawValues(message, 'authorization'),
    contentEncoding: headers['content-encoding'] ?? null,
    partialBody: isPartial(headers['x-envoy-auth-partial-body']),
    body,
    routeOperation: null,
    routeLabel: null,
  };
}

/** Every value of a header as sent: Node keeps only the first `Authorization` in `headers`. */
function rawValues({ rawHeaders }: IncomingMessage, wanted: string): string[] {
  const values: string[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i];
    if (name?.length === wanted.length && name.toLowerCase() === wanted) values.push(rawHeaders[i + 1] ?? '');
  }
  return values;
}

const single = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value.join(',') : value;

function isPartial(value: string | string[] | undefined): boolean {
  const text = single(value);
  return text !== undefined && isPartialMarker(text);
}
