import { isDeepStrictEqual } from 'node:util';
import { Client, credentials, type ServiceError } from '@grpc/grpc-js';
import { CheckResponse } from '../../../src/grpc/gen/envoy/service/auth/v3/external_auth.js';
import { CHECK_PATH } from '../../../src/transport/envoy-grpc/check.js';
import { allow, checkBytes } from './message.js';

/**
 * One call by a real gRPC client. Resolves to the length of the answer in bytes, as it is.
 * @throws when it is not the constant answer: servers that say different things are not compared
 */
export async function probe(name: string, port: number): Promise<number> {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  try {
    const answer = await call(client, Buffer.from(checkBytes()));
    const response = CheckResponse.decode(answer);
    if (isDeepStrictEqual(response, allow())) return answer.length;
    throw new Error(`${name} answers ${JSON.stringify(response)}`);
  } finally {
    client.close();
  }
}

function call(client: Client, message: Buffer): Promise<Uint8Array> {
  const same = (bytes: Buffer): Buffer => bytes;
  return new Promise((resolve, reject) => {
    const done = (error: ServiceError | null, answer?: Buffer): void =>
      // A copy: the client's Buffer would differ from a plain array of the same bytes.
      answer === undefined ? reject(error) : resolve(new Uint8Array(answer));
    client.makeUnaryRequest(CHECK_PATH, same, same, message, { deadline: Date.now() + 10_000 }, done);
  });
}
