import { isDeepStrictEqual } from 'node:util';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { CheckRequest, CheckResponse } from '../../../src/grpc/gen/envoy/service/auth/v3/external_auth.js';
import { interleaved } from '../rounds.js';
import { allow, allowLoaded, allowReflected, checkBytes } from './message.js';
import { loadedCheck, reflectedCheck } from './schema.js';

/** One way to read a check and to write its answer. */
export interface Codec {
  readonly decode: (bytes: Uint8Array) => unknown;
  /** The constant answer, from a new value each time, as a handler would have it. */
  readonly encode: () => Uint8Array;
}

/** All of them from the same `proto/`. */
export function codecs() {
  const { input, output } = reflectedCheck();
  const loaded = loadedCheck();
  return {
    generated: {
      decode: (bytes) => CheckRequest.decode(bytes),
      encode: () => CheckResponse.encode(allow()).finish(),
    },
    reflected: {
      decode: (bytes) => fromBinary(input, bytes),
      encode: () => toBinary(output, create(output, allowReflected())),
    },
    loaded: {
      decode: (bytes) => loaded.requestDeserialize(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)),
      encode: () => loaded.responseSerialize(allowLoaded()),
    },
  } as const satisfies Record<string, Codec>;
}

export type CodecName = keyof ReturnType<typeof codecs>;

/** Enough for a round of some 100 ms, in which a collection of garbage is one of many. */
const REPEATS = 20_000;
const ROUNDS = 9;

/**
 * Microseconds per message and round, both ways.
 * @throws when two codecs write different answers
 */
export async function measureCodecs() {
  const all = codecs();
  const bytes = checkBytes();
  for (const [name, { encode }] of Object.entries(all)) {
    if (!isDeepStrictEqual(CheckResponse.decode(encode()), allow()))
      throw new Error(`${name} writes another`);
  }
  const decode = (name: CodecName) => async () => microsEach(() => all[name].decode(bytes));
  const encode = (name: CodecName) => async () => microsEach(all[name].encode);
  const contestants = {
    generated_decode: decode('generated'),
    reflected_decode: decode('reflected'),
    loaded_decode: decode('loaded'),
    generated_encode: encode('generated'),
    reflected_encode: encode('reflected'),
    loaded_encode: encode('loaded'),
  };
  for (const warmUp of Object.values(contestants)) await warmUp();
  return interleaved(contestants, ROUNDS, () => undefined);
}

/** What the compiler must not take for unused. */
let sink: unknown;

function microsEach(step: () => unknown): number {
  const start = performance.now();
  for (let i = 0; i < REPEATS; i++) sink = step();
  if (sink === undefined) throw new Error('nothing was made');
  return ((performance.now() - start) * 1000) / REPEATS;
}
