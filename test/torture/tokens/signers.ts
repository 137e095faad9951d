import { constants, createHmac, type KeyObject, sign } from 'node:crypto';
import type { Providers } from './providers.js';

/** Who signs a token, rightly or with what is at hand. */
export type Signer = keyof ReturnType<typeof signersOf>;

/** @param jwtSecret the sidecar's own */
export function signersOf(jwtSecret: string, { keys }: Providers) {
  const mac =
    (key: string | Buffer, hash = 'sha256') =>
    (input: string): Buffer =>
      createHmac(hash, key).update(input).digest();
  const rsa =
    (key: KeyObject, padding = constants.RSA_PKCS1_PADDING) =>
    (input: string): Buffer =>
      sign('sha256', Buffer.from(input), { key, padding });
  const ec =
    (key: KeyObject, dsaEncoding: 'ieee-p1363' | 'der' = 'ieee-p1363') =>
    (input: string): Buffer =>
      sign('sha256', Buffer.from(input), { key, dsaEncoding });
  const ed =
    (key: KeyObject) =>
    (input: string): Buffer =>
      sign(null, Buffer.from(input), key);
  return {
    secret: mac(jwtSecret),
    otherSecret: mac(`${jwtSecret} `),
    sha384: mac(jwtSecret, 'sha384'),
    sha512: mac(jwtSecret, 'sha512'),
    emptySecret: mac(''),
    publicPem: mac(keys.rsa.publicKey.export({ format: 'pem', type: 'spki' })),
    publicModulus: mac(Buffer.from(String(keys.rsa.jwk['n']), 'base64url')),
    rsa: rsa(keys.rsa.privateKey),
    ec: ec(keys.ec.privateKey),
    ed: ed(keys.ed.privateKey),
    foreignRsa: rsa(keys.foreignRsa.privateKey),
    foreignEc: ec(keys.foreignEc.privateKey),
    foreignEd: ed(keys.foreignEd.privateKey),
    derEc: ec(keys.ec.privateKey, 'der'),
    pss: rsa(keys.rsa.privateKey, constants.RSA_PKCS1_PSS_PADDING),
    none: () => Buffer.alloc(0),
  };
}
