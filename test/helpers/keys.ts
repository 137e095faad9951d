import { constants, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** A key pair of a provider, and what it publishes of it. */
export interface TestKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** As in a key set, for signing. */
  readonly jwk: Record<string, unknown>;
}

const pairs = {
  rsa: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  weak: () => generateKeyPairSync('rsa', { modulusLength: 1024 }),
  p256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  p384: () => generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  p521: () => generateKeyPairSync('ec', { namedCurve: 'P-521' }),
  ed25519: () => generateKeyPairSync('ed25519'),
  x25519: () => generateKeyPairSync('x25519'),
} as const;
export type KeyKind = keyof typeof pairs;

export function testKey(kind: KeyKind, kid: string = kind): TestKey {
  const { publicKey, privateKey } = pairs[kind]();
  return {
    kid,
    privateKey,
    publicKey,
    jwk: { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig' },
  };
}

/** A key set of these members, as bytes. */
export const keySet = (...keys: readonly unknown[]): Uint8Array => Buffer.from(JSON.stringify({ keys }));

const base64url = (bytes: string | Uint8Array): string => Buffer.from(bytes).toString('base64url');

/** A compact JWS over exactly these texts, signed as an algorithm says, so that tests can write what no library would. */
export function signedRaw(header: string, payload: string, key: KeyObject, algorithm: string): string {
  const input = `${base64url(header)}.${base64url(payload)}`;
  return `${input}.${base64url(signature(Buffer.from(input), key, algorithm))}`;
}

/** An ordinary token of a provider. */
export function signedBy(
  { privateKey, kid }: TestKey,
  claims: Readonly<Record<string, unknown>>,
  { alg = 'RS256', ...header }: Readonly<Record<string, unknown>> = {},
): string {
  const text = JSON.stringify({ alg, typ: 'JWT', kid, ...header });
  return signedRaw(text, JSON.stringify(claims), privateKey, String(alg));
}

function signature(input: Buffer, key: KeyObject, algorithm: string): Buffer {
  const hash = `sha${algorithm.slice(2)}`;
  switch (algorithm.slice(0, 2)) {
    case 'PS': {
      const padding = constants.RSA_PKCS1_PSS_PADDING;
      return sign(hash, input, { key, padding, saltLength: constants.RSA_PSS_SALTLEN_DIGEST });
    }
    case 'ES':
      return sign(hash, input, { key, dsaEncoding: 'ieee-p1363' });
    case 'Ed':
      return sign(null, input, key);
    default:
      return sign(hash, input, key);
  }
}
