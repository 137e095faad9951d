import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createFileRegistry, type DescMethod, type DescMethodUnary, fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import type { MethodDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { CHECK_PATH } from '../../../src/transport/envoy-grpc/check.js';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const [, SERVICE = '', METHOD = ''] = CHECK_PATH.split('/');

/**
 * `Check` as `@bufbuild/protobuf` describes it, from `proto/` at run time. What `protoc-gen-es` generates is the same
 * descriptor as text, read when the module is loaded: from then on the same code runs.
 * @throws when `proto/` does not compile
 */
export function reflectedCheck(): DescMethodUnary {
  const image = execFileSync(`${ROOT}node_modules/.bin/buf`, ['build', '-o', '-'], { cwd: ROOT });
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, image));
  const methods = registry.getService(SERVICE)?.methods ?? [];
  const method = methods.filter(isUnary).find(({ name }) => name === METHOD);
  if (method === undefined) throw new Error(`proto/ has no ${CHECK_PATH}`);
  return method;
}

const isUnary = (method: DescMethod): method is DescMethod & DescMethodUnary => method.methodKind === 'unary';

export type LoadedCheck = MethodDefinition<unknown, unknown>;

/**
 * `Check` as `@grpc/proto-loader` gives it to `@grpc/grpc-js`: protobufjs, and plain objects for its messages.
 * @throws when `proto/` does not compile
 */
export function loadedCheck(): LoadedCheck {
  const file = 'envoy/service/auth/v3/external_auth.proto';
  const loaded = loadSync(file, { includeDirs: [`${ROOT}proto`], keepCase: true, enums: Number });
  const service = loaded[SERVICE];
  if (service === undefined || 'format' in service) throw new Error(`proto/ has no ${SERVICE}`);
  const method = (service as Readonly<Record<string, LoadedCheck>>)[METHOD];
  if (method === undefined) throw new Error(`proto/ has no ${CHECK_PATH}`);
  return method;
}
