import { createServer, type ServerResponse } from 'node:http';
import { type DemoServer, listening } from './server.js';

const EVENT_INTERVAL_MS = 1000;

/** A small stand-in for Aviso: streams server-sent events on watch and replay, acknowledges notifications. */
export function startDemoGateway(port = 0): Promise<DemoServer> {
  const server = createServer((request, response) => {
    request.resume();
    const route = `${request.method} ${request.url}`;
    if (route === 'POST /api/v1/watch' || route === 'POST /api/v1/replay') {
      stream(response, request.headers['x-aviso-user']?.toString() ?? 'anonymous');
    } else if (route === 'POST /api/v1/notification') {
      json(response, 200, { status: 'accepted' });
    } else if (request.url?.startsWith('/api/v1/schema') || request.url === '/health') {
      json(response, 200, { status: 'ok' });
    } else {
      json(response, 404, { code: 'NOT_FOUND', error: 'not_found', message: 'no such route' });
    }
  });
  return listening(server, port);
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** An event at once and one a second, until the client or Envoy ends the stream. */
function stream(response: ServerResponse, user: string): void {
  let sequence = 0;
  const send = (event: string) => {
    sequence += 1;
    response.write(`event: ${event}\nid: ${sequence}\ndata: ${JSON.stringify({ user, sequence })}\n\n`);
  };
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  send('connection_established');
  const timer = setInterval(send, EVENT_INTERVAL_MS, 'notification');
  response.on('close', () => clearInterval(timer));
}
