import { type AddressInfo, createServer, type Socket } from 'node:net';
import {
  Server as GrpcServer,
  ServerCredentials,
  type ServerErrorResponse,
  type ServerUnaryCall,
  type sendUnaryData,
} from '@grpc/grpc-js';
import type { Recorded, RecordingServer } from '../helpers/gateway.js';
import { refusalBody } from './authorizer.js';
import { beside, type CheckRequest, type CheckResponse, checkService, inPlace } from './check-service.js';

/** A check as it arrived: the client's request, and what Envoy says beside it. */
export interface Check extends Recorded {
  /** `context_extensions` of the route. */
  readonly extensions: Readonly<Record<string, string>>;
  /** What `grpc-timeout` said, in milliseconds from its arrival on; infinite without it. */
  readonly timeoutMs: number;
}

export interface GrpcAuthorizer extends RecordingServer {
  readonly requests: Check[];
  /** Checks that nobody has answered yet. */
  waiting(): number;
}

type Answered = sendUnaryData<CheckResponse>;

/** The stand-in authorizer over gRPC: the markers of authorizer.ts, and `status-N` for an error of gRPC itself. */
export async function startGrpcAuthorizer(): Promise<GrpcAuthorizer> {
  const requests: Check[] = [];
  const sockets = new Set<Socket>();
  let waiting = 0;
  const grpc = new GrpcServer();
  grpc.addService(checkService(), {
    Check(call: ServerUnaryCall<CheckRequest, CheckResponse>, done: Answered) {
      const check = recorded(call);
      requests.push(check);
      waiting += 1;
      act(check, sockets, (...answer) => {
        waiting -= 1;
        done(...answer);
      });
    },
  });
  const { port, stop } = await serve(grpc, sockets);
  return { port, requests, waiting: () => waiting, stop };
}

/** The sockets are ours and not gRPC's, so that they can be reset. */
async function serve(
  grpc: GrpcServer,
  sockets: Set<Socket>,
): Promise<{ readonly port: number; readonly stop: () => Promise<void> }> {
  const injector = grpc.createConnectionInjector(ServerCredentials.createInsecure());
  const server = createServer((socket) => {
    sockets.add(socket.once('close', () => sockets.delete(socket)).on('error', () => undefined));
    injector.injectConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.resetAndDestroy();
      grpc.forceShutdown();
    });
  return { port, stop };
}

function recorded(call: ServerUnaryCall<CheckRequest, CheckResponse>): Check {
  const { request, context_extensions: extensions } = call.request.attributes;
  const { method, path: url, raw_body: body, header_map } = request.http;
  const pairs = (header_map?.headers ?? []).map(
    ({ key, raw_value }) => [key, raw_value.toString('latin1')] as const,
  );
  const headers: Record<string, string> = {};
  for (const [key, value] of pairs)
    headers[key] = headers[key] === undefined ? value : `${headers[key]},${value}`;
  const timeoutMs = Number(call.getDeadline()) - Date.now();
  return { method, url, headers, rawHeaders: pairs.flat(), body, extensions, timeoutMs };
}

function act(check: Check, sockets: ReadonlySet<Socket>, done: Answered): void {
  const marker = check.headers.authorization?.split(' ')[1] ?? 'allow';
  const number = Number(/-(\d+)$/.exec(marker)?.[1]);
  if (check.headers['x-envoy-auth-partial-body'] === 'true') done(null, refusal(413, check));
  else if (marker === 'hang') return;
  else if (marker === 'reset') for (const socket of sockets) socket.resetAndDestroy();
  else if (marker === 'not-http') for (const socket of sockets) socket.end('nonsense\r\n\r\n');
  else if (marker.startsWith('status-')) done(failure(number));
  else if (marker.startsWith('refuse-')) done(null, refusal(number, check));
  else done(null, answerTo(marker, check));
}

const failure = (code: number): ServerErrorResponse =>
  Object.assign(new Error('no'), { code, details: 'no' });

function answerTo(marker: string, check: Check): CheckResponse {
  switch (marker) {
    case 'contradict':
      return { ...allowance(check), status: { code: 7 } };
    case 'refuse':
      return { status: { code: 7 } };
    case 'allow-swap':
      return allowance(check, [inPlace('authorization', 'Bearer swapped')]);
    case 'allow-mangled':
      return allowance(check, [inPlace('x-aviso-realm', 'a\r\nx-aviso-user: root')]);
    case 'allow-strip':
      return {
        status: { code: 0 },
        ok_response: { headers_to_remove: ['authorization', 'x-aviso-user', 'x-kept'] },
      };
    default:
      if (marker.startsWith('allow')) return allowance(check);
      throw new Error(`the stand-in authorizer knows no ${marker}`);
  }
}

/** With a header that is nobody's business. */
function allowance(check: Check, more: readonly ReturnType<typeof inPlace>[] = []): CheckResponse {
  const headers = [
    inPlace('x-aviso-user', 'alice'),
    inPlace('x-aviso-realm', 'ecmwf'),
    inPlace('x-internal', 'secret'),
    inPlace('x-request-id', check.headers['x-request-id']?.toString() ?? 'none'),
    ...more,
  ];
  return { status: { code: 0 }, ok_response: { headers } };
}

/** As the authorizer refuses. */
function refusal(status: number, check: Check): CheckResponse {
  const requestId = check.headers['x-request-id']?.toString();
  const headers = [
    inPlace('content-type', 'application/json'),
    inPlace('cache-control', 'no-store'),
    inPlace('x-request-id', requestId ?? 'none'),
    inPlace('retry-after', '7'),
    ...(status === 401
      ? [beside('www-authenticate', 'Bearer'), beside('www-authenticate', 'Basic realm="ecmwf"')]
      : []),
  ];
  const body = status === 204 ? '' : refusalBody(status, requestId);
  return { status: { code: 7 }, denied_response: { status: { code: status }, headers, body } };
}
