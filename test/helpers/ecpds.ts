import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

/** How a stand-in ECPDS server can be broken. */
export type Fault =
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'body'; readonly body: string; readonly headers?: Record<string, string> }
  | { readonly kind: 'redirect'; readonly location: string }
  | { readonly kind: BrokenWire | 'oversized' | 'gzip_bomb' };
type BrokenWire = 'short_body' | 'slow_headers' | 'slow_body' | 'reset' | 'not_http';

/** One record as ECPDS lists it; the real one has more members. */
export interface EcpdsRecord {
  readonly name?: unknown;
  readonly active?: unknown;
  readonly [member: string]: unknown;
}

export interface FakeEcpds {
  readonly url: string;
  /** The user names asked for, in order. */
  readonly asked: string[];
  /** The request-targets of all requests, in order. */
  readonly targets: string[];
  /** The headers of all requests, in order. */
  readonly headers: IncomingHttpHeaders[];
  readonly users: Map<string, readonly EcpdsRecord[]>;
  fault: Fault | null;
  /** Faults that only requests for one user meet. */
  readonly userFaults: Map<string, Fault>;
  /** Milliseconds to wait before answering. */
  delayMs: number;
  close(): Promise<void>;
}

export const SERVICE = { username: 'svc-aviso', password: 'ecpds-service-password' };
const EXPECTED = `Basic ${Buffer.from(`${SERVICE.username}:${SERVICE.password}`).toString('base64')}`;

export const active = (...names: string[]): EcpdsRecord[] => names.map((name) => ({ name, active: true }));

/** A stand-in ECPDS server on loopback: it checks path and credentials as the real one does, and can be broken. */
export async function startEcpds(users: Record<string, readonly EcpdsRecord[]> = {}): Promise<FakeEcpds> {
  const server = createServer((request, response) => void respond(fake, request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const fake: FakeEcpds = {
    url: `http://127.0.0.1:${port}`,
    asked: [],
    targets: [],
    headers: [],
    users: new Map(Object.entries(users)),
    fault: null,
    userFaults: new Map(),
    delayMs: 0,
    close: () => stop(server),
  };
  return fake;
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function respond(fake: FakeEcpds, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', fake.url);
  const id = url.searchParams.get('id');
  fake.targets.push(request.url ?? '');
  fake.headers.push(request.headers);
  if (id !== null) fake.asked.push(id);
  if (fake.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, fake.delayMs));
  const fault = fake.fault ?? fake.userFaults.get(id ?? '') ?? null;
  if (fault !== null) return respondBroken(fault, request, response);
  if (url.pathname !== '/ecpds/v1/destination/list' || id === null) return void response.writeHead(404).end();
  if (request.headers.authorization !== EXPECTED) return void response.writeHead(401).end();
  const body = { destinationList: fake.users.get(id) ?? [], success: 'yes' };
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

const USABLE = JSON.stringify({ destinationList: active('CIP', 'FOO', 'BAR'), success: 'yes' });

/** Usable but for its size: more than the 16 MiB that are read. */
const oversized = (): Buffer => Buffer.concat([Buffer.from(USABLE), Buffer.alloc(17 * 1024 * 1024, ' ')]);

function respondBroken(fault: Fault, request: IncomingMessage, response: ServerResponse): void {
  switch (fault.kind) {
    case 'status':
      response.writeHead(fault.status).end(USABLE);
      return;
    case 'redirect':
      response.writeHead(302, { location: fault.location }).end();
      return;
    case 'body':
      response.writeHead(200, fault.headers ?? {}).end(fault.body);
      return;
    case 'short_body':
      response.writeHead(200, { 'content-length': USABLE.length + 50 });
      response.write(USABLE, () => request.socket.end());
      return;
    case 'slow_headers':
      return;
    case 'slow_body':
      response.writeHead(200).write(USABLE.slice(0, -1));
      return;
    case 'reset':
      request.socket.resetAndDestroy();
      return;
    case 'oversized':
      response.writeHead(200).end(oversized());
      return;
    case 'gzip_bomb':
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(oversized()));
      return;
    case 'not_http':
      request.socket.end('SSH-2.0-OpenSSH_9.2\r\n');
      return;
  }
}
