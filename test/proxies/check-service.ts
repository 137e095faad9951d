import { fileURLToPath } from 'node:url';
import type { ServiceDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

const PROTO = fileURLToPath(new URL('../../../proto', import.meta.url));

/** What is read of a check, by the names of `proto/`. */
export interface CheckRequest {
  readonly attributes: {
    readonly request: {
      readonly http: {
        readonly method: string;
        readonly path: string;
        readonly raw_body: Buffer;
        readonly header_map: { readonly headers: readonly HeaderValue[] } | null;
      };
    };
    readonly context_extensions: Readonly<Record<string, string>>;
  };
}

export interface HeaderValue {
  readonly key: string;
  readonly raw_value: Buffer;
}

interface HeaderValueOption {
  readonly header: { readonly key: string; readonly value: string };
  /** 0: beside what is there; 2: in its place. */
  readonly append_action: 0 | 2;
}

interface Denied {
  readonly status?: { readonly code: number };
  readonly headers?: readonly HeaderValueOption[];
  readonly body?: string;
}

interface Ok {
  readonly headers?: readonly HeaderValueOption[];
  readonly headers_to_remove?: readonly string[];
}

/** Anything that can be said on this wire, sense or nonsense. */
export interface CheckResponse {
  readonly status?: { readonly code: number };
  readonly denied_response?: Denied;
  readonly ok_response?: Ok;
}

export const beside = (key: string, value: string): HeaderValueOption => ({
  header: { key, value },
  append_action: 0,
});
export const inPlace = (key: string, value: string): HeaderValueOption => ({
  header: { key, value },
  append_action: 2,
});

/** The service as Envoy calls it, from the project's own proto files. */
export function checkService(): ServiceDefinition {
  const options = { includeDirs: [PROTO], keepCase: true, defaults: true };
  const service = loadSync('envoy/service/auth/v3/external_auth.proto', options)[
    'envoy.service.auth.v3.Authorization'
  ];
  if (service === undefined || typeof service['format'] === 'string') throw new Error('no such service');
  return service as ServiceDefinition;
}
