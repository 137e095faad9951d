import { pipeline, type Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

const DECODERS: ReadonlyMap<string, () => Transform> = new Map([
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
]);

/** What is asked for; others are not read. */
export const ACCEPT_ENCODING = 'gzip, deflate, br';

/** An answer in a coding that was not asked for; named as the codes of Node's decompressors are. */
class UnknownCoding extends Error {
  readonly code = 'ERR_UNKNOWN_CONTENT_ENCODING';
}

/**
 * A body without its `Content-Encoding` (RFC 9110, 8.4), piece by piece: whoever reads it bounds its size. One that is cut
 * off fails with the code of Node's decompressor, also where what came would do.
 *
 * @param codings the value of the header
 * @throws for a coding that was not asked for
 */
export function decoded(body: Readable, codings: string): Readable {
  const names = codings
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity');
  const decoders = names.map((name) => DECODERS.get(name));
  if (decoders.length > MAX_CODINGS || decoders.includes(undefined)) {
    quiet(body).destroy();
    throw new UnknownCoding();
  }
  return decoders.reduceRight<Readable>(
    (encoded, create) => (create === undefined ? encoded : quiet(pipeline(encoded, create(), ignore))),
    quiet(body),
  );
}

const ignore = (): void => undefined;

/** A failure is for who reads it; when nobody does, because the call was given up, it must not end the process. */
const quiet = <Stream extends Readable>(stream: Stream): Stream => stream.on('error', ignore);

/** More than anybody uses, each of which costs a decompressor. */
const MAX_CODINGS = 2;
