import type { Mutant } from '../mutants/mutant.js';

const mutant = (name: string, file: string, find: string, replace: string): Mutant => ({
  name,
  file,
  find,
  replace,
  caughtBy: 'checks',
});

/** Programs that read a check in another way than it was written, or answer what Envoy takes for an allow. */
export const CHECK_MUTANTS: readonly Mutant[] = [
  mutant(
    'a refusal is an empty CheckResponse',
    'src/transport/envoy-grpc/check.js',
    'return reply(decision, request.requestId, []);',
    'return new Uint8Array();',
  ),
  mutant(
    'a refusal has the code of an allow',
    'src/transport/envoy-grpc/reply.js',
    'return encoded(refusal.code,',
    'return encoded(0,',
  ),
  mutant(
    'a malformed check is read as far as it goes',
    'src/transport/envoy-grpc/read.js',
    'if (!isWellFormed(message, CHECK_REQUEST))',
    'if (false)',
  ),
  mutant(
    'a body as text is taken for none',
    'src/transport/envoy-grpc/read.js',
    "if (http.body !== '')",
    'if (false)',
  ),
  mutant(
    'headers of one name are read once',
    'src/transport/envoy-grpc/read.js',
    'for (const { key, value, rawValue } of headersIn(headerMap))',
    'for (const { key, value, rawValue } of new Map(headersIn(headerMap).map((header) => [header.key, header])).values())',
  ),
  mutant(
    "the route's operation is not read",
    'src/transport/envoy-grpc/read.js',
    "attributes.contextExtensions.get('operation') ?? null",
    'null',
  ),
  mutant(
    'a compressed frame is read as it is',
    'src/grpc/frame.js',
    "bytes[0] === 0 ? bytes.subarray(PREFIX_BYTES) : 'compressed'",
    'bytes.subarray(PREFIX_BYTES)',
  ),
  mutant(
    'the length of a frame is not compared',
    'src/grpc/frame.js',
    'this.#body.size !== this.#expected',
    'this.#body.size < PREFIX_BYTES',
  ),
];
