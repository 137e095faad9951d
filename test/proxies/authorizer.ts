import type { ServerResponse } from 'node:http';
import { type Recorded, type RecordingServer, startRecording } from '../helpers/gateway.js';

/** What the stand-in authorizer is told to do, by the token of a request: `Authorization: Bearer refuse-403`. */
export type Marker =
  | 'allow'
  /** With another token for the gateway. */
  | 'allow-swap'
  /** 200, but without the header that says so. */
  | 'allow-undecided'
  | `refuse-${number}`
  /** That header on a refusal: a contradiction. */
  | 'contradict'
  | `html-${number}`
  | 'hang'
  | 'reset'
  | 'not-http';

/** What every refusal of the stand-in says. */
export const refusalBody = (status: number, requestId: unknown): string =>
  JSON.stringify({ code: `TEST_${status}`, error: `test_${status}`, message: 'no', request_id: requestId });

/**
 * A stand-in for the authorizer: does what the token of a request says, however the proxy wrote the path. Without a
 * token it allows.
 */
export function startAuthorizer(): Promise<RecordingServer> {
  return startRecording((request, response) => {
    if (request.headers['x-envoy-auth-partial-body'] === 'true') refuse(413, request, response);
    else act(markerOf(request), request, response);
  });
}

const markerOf = (request: Recorded): string => request.headers.authorization?.split(' ')[1] ?? 'allow';

function act(marker: string, request: Recorded, response: ServerResponse): void {
  const status = Number(/-(\d{3})/.exec(marker)?.[1]);
  if (marker === 'hang') return;
  if (marker === 'reset') response.socket?.resetAndDestroy();
  else if (marker === 'not-http') response.socket?.end('nonsense\r\n\r\n');
  else if (marker === 'contradict') response.writeHead(403, { 'x-aviso-decision': 'allow' }).end();
  else if (marker.startsWith('html-')) html(status, response);
  else if (marker.startsWith('refuse-')) refuse(status, request, response);
  else if (marker.startsWith('allow')) allow(marker, request, response);
  else throw new Error(`the stand-in authorizer knows no ${marker}`);
}

/** As a proxy or a server of another kind answers on that port. */
function html(status: number, response: ServerResponse): void {
  response.writeHead(status, { 'content-type': 'text/html' }).end(`<h1>${status}</h1>`);
}

function allow(marker: string, request: Recorded, response: ServerResponse): void {
  response.setHeader('x-aviso-user', 'alice');
  response.setHeader('x-aviso-realm', 'ecmwf');
  response.setHeader('x-request-id', request.headers['x-request-id'] ?? 'none');
  if (marker !== 'allow-undecided') response.setHeader('x-aviso-decision', 'allow');
  if (marker === 'allow-swap') response.setHeader('authorization', 'Bearer swapped');
  response.end();
}

/** As the authorizer refuses, with one header more that is nobody's business. */
function refuse(status: number, request: Recorded, response: ServerResponse): void {
  const requestId = request.headers['x-request-id'];
  response.setHeader('content-type', 'application/json');
  response.setHeader('cache-control', 'no-store');
  response.setHeader('x-request-id', requestId ?? 'none');
  response.setHeader('x-internal', 'secret');
  response.setHeader('retry-after', '7');
  if (status === 401) response.setHeader('www-authenticate', ['Bearer', 'Basic realm="ecmwf"']);
  response.writeHead(status).end(status === 204 ? undefined : refusalBody(status, requestId));
}
