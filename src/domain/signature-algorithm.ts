/**
 * The signature algorithms a key provider may be configured with: public keys only. HMAC is not among them, so that no
 * public key can ever be taken for a shared secret (RFC 8725, section 2.1).
 */
export const SIGNATURE_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
] as const;
export type SignatureAlgorithm = (typeof SIGNATURE_ALGORITHMS)[number];

export const isSignatureAlgorithm = (name: unknown): name is SignatureAlgorithm =>
  SIGNATURE_ALGORITHMS.some((algorithm) => algorithm === name);
