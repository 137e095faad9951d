import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it arrived. */
export interface Recorded {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Names and values in turn, as they came. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

export interface RecordingServer {
  readonly port: number;
  /** In the order in which they were complete. */
  readonly requests: Recorded[];
  /** Closes every connection and waits until the port is free. */
  stop(): Promise<void>;
}

/** A server on loopback that notes each request and then lets `respond` answer it. */
export async function startRecording(
  respond: (request: Recorded, response: ServerResponse) => void,
): Promise<RecordingServer> {
  const requests: Recorded[] = [];
  const server = createServer(
    { maxHeaderSize: 128 * 1024, keepAliveTimeout: 600_000 },
    (message, response) => {
      read(message)
        .then((request) => {
          requests.push(request);
          respond(request, response);
        })
        .catch(() => response.destroy());
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { port, requests, stop: () => closed(server) };
}

async function read(message: IncomingMessage): Promise<Recorded> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  const { method = '', url = '', headers, rawHeaders } = message;
  return { method, url, headers, rawHeaders, body: Buffer.concat(chunks) };
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

export interface GatewayOptions {
  /** Milliseconds from one event to the next; 50 unless given. `null`: events come from `send` only. */
  readonly everyMs?: number | null;
  /** After so many events a stream ends; never unless given. */
  readonly count?: number;
}

export interface Gateway extends RecordingServer {
  /** Streams that are open at this moment. */
  openStreams(): number;
  /** One event on every open stream. */
  send(data: string): void;
}

const STREAMS = /^\/api\/v1\/(watch|replay)$/;

/**
 * A stand-in for Aviso on loopback: POST on watch and replay opens an event stream (`data: 0`, `data: 1`, …), and
 * anything else is answered with a little JSON. It admits everybody: what reaches it, was let through.
 */
export async function startGateway(options: GatewayOptions = {}): Promise<Gateway> {
  const streams = new Set<ServerResponse>();
  const server = await startRecording((request, response) => {
    if (request.method === 'POST' && STREAMS.test(request.url)) openStream(response, streams, options);
    else response.writeHead(200, { 'content-type': 'application/json' }).end('{"status":"gateway"}');
  });
  return {
    ...server,
    openStreams: () => streams.size,
    send: (data) => streams.forEach((stream) => void stream.write(`data: ${data}\n\n`)),
  };
}

function openStream(response: ServerResponse, streams: Set<ServerResponse>, options: GatewayOptions): void {
  const { everyMs = 50, count = Number.POSITIVE_INFINITY } = options;
  let sent = 0;
  const next = (): void => {
    if (sent < count) response.write(`data: ${sent++}\n\n`);
    else response.end();
  };
  streams.add(response);
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  response.flushHeaders();
  const timer = everyMs === null ? null : setInterval(next, everyMs);
  response.once('close', () => {
    streams.delete(response);
    if (timer !== null) clearInterval(timer);
  });
}
