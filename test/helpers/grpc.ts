import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import type { Test } from 'tap';
import type { Decision } from '../../src/domain/decision.js';
import type { AuthzRequest } from '../../src/domain/request.js';
import { CheckRequest, CheckResponse } from '../../src/grpc/gen/envoy/service/auth/v3/external_auth.js';
import { createGrpcListener, type GrpcListenerOptions } from '../../src/transport/grpc-listener.js';
import { ALLOW } from './listener.js';

export const CHECK = '/envoy.service.auth.v3.Authorization/Check';
export const HEALTH = '/grpc.health.v1.Health/Check';

/** What a call of a real gRPC client came to: a message, or the status of an error. */
export type Called =
  | { readonly status: 0; readonly message: Buffer }
  | { readonly status: number; readonly message: null };

export interface StartedGrpc {
  readonly port: number;
  /** The requests that a decision was asked for, in order. */
  readonly seen: AuthzRequest[];
  /** The refusals made without asking. */
  readonly refused: Decision[];
  readonly call: (path: string, message: Uint8Array, options?: CallOptions) => Promise<Called>;
}

export interface CallOptions {
  readonly metadata?: Readonly<Record<string, string>>;
  /** In milliseconds from now. */
  readonly timeoutMs?: number;
}

/** The gRPC listener on loopback, with decisions as a test wants them, and a client of `@grpc/grpc-js`. */
export async function startGrpc(
  t: Test,
  decide: (request: AuthzRequest) => Decision | Promise<Decision> = () => ALLOW,
  options: Partial<GrpcListenerOptions> = {},
): Promise<StartedGrpc> {
  const seen: AuthzRequest[] = [];
  const refused: Decision[] = [];
  const server = createGrpcListener({
    async decide(request) {
      seen.push({ ...request });
      return decide(request);
    },
    refuse: (decision) => void refused.push(decision),
    challenges: () => ['Bearer'],
    isReady: () => true,
    now: () => 1000,
    ...options,
  });
  const port = Number(new URL(await server.listen({ host: '127.0.0.1', port: 0 })).port);
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  t.teardown(async () => {
    client.close();
    await server.close();
  });
  return { port, seen, refused, call: (path, message, how) => callOnce(client, path, message, how) };
}

/** One call of a client, answered. */
export function callOnce(
  client: Client,
  path: string,
  message: Uint8Array,
  { metadata = {}, timeoutMs }: CallOptions = {},
): Promise<Called> {
  const headers = new Metadata();
  for (const [name, value] of Object.entries(metadata)) headers.set(name, value);
  const deadline = timeoutMs === undefined ? {} : { deadline: Date.now() + timeoutMs };
  const same = (bytes: Buffer): Buffer => bytes;
  return new Promise((resolve) => {
    const done = (error: ServiceError | null, answer?: Buffer): void =>
      resolve(
        error === null && answer !== undefined
          ? { status: 0, message: answer }
          : { status: error?.code ?? -1, message: null },
      );
    client.makeUnaryRequest(path, same, same, Buffer.from(message), headers, deadline, done);
  });
}

export interface CheckParts {
  readonly method?: string;
  readonly path?: string;
  /** Names and values as Envoy sends them with `encode_raw_headers`. */
  readonly headers?: readonly (readonly [string, string | Buffer])[];
  /** As Envoy sends them without it. */
  readonly joinedHeaders?: readonly (readonly [string, string])[];
  readonly rawBody?: Uint8Array;
  readonly body?: string;
  readonly extensions?: Readonly<Record<string, string>>;
}

/** The bytes of a `CheckRequest` as Envoy would write them. */
export function checkMessage(parts: CheckParts = {}): Uint8Array {
  const headers = (parts.headers ?? []).map(([key, value]) => ({
    key,
    value: '',
    rawValue: typeof value === 'string' ? Buffer.from(value, 'latin1') : value,
  }));
  const http = {
    id: '1234',
    method: parts.method ?? 'POST',
    path: parts.path ?? '/api/v1/watch',
    host: 'gateway.example',
    scheme: 'http',
    protocol: 'HTTP/1.1',
    headers: new Map(parts.joinedHeaders ?? []),
    headerMap: { headers },
    body: parts.body ?? '',
    rawBody: parts.rawBody ?? new Uint8Array(),
  };
  const contextExtensions = new Map(Object.entries(parts.extensions ?? {}));
  return CheckRequest.encode({ attributes: { request: { http }, contextExtensions } }).finish();
}

/** A `CheckResponse` as Envoy reads it: the verdict is the code, and 0 lets the request through. */
export function verdictIn(message: Buffer | null) {
  if (message === null) throw new Error('the call failed: there is no verdict');
  const { status, httpResponse } = CheckResponse.decode(message);
  const value = httpResponse?.value;
  const headers = new Map((value?.headers ?? []).map(({ header }) => [header?.key, header?.value]));
  return {
    allowed: (status?.code ?? 0) === 0,
    kind: httpResponse?.$case,
    http: httpResponse?.$case === 'deniedResponse' ? httpResponse.value.status?.code : undefined,
    body: httpResponse?.$case === 'deniedResponse' ? httpResponse.value.body : undefined,
    removed: httpResponse?.$case === 'okResponse' ? httpResponse.value.headersToRemove : undefined,
    actions: new Set((value?.headers ?? []).map(({ appendAction }) => appendAction)),
    headers,
  };
}
