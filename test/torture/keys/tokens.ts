import { createHmac } from 'node:crypto';
import { signedRaw } from '../../helpers/keys.js';
import { JWT_SECRET } from '../../helpers/tokens.js';
import type { Chance } from '../upstream/chance.js';
import type { GoodKey } from './contract.js';
import type { Pair } from './material.js';
import type { Provider } from './providers.js';

/** A token, and what of it is true. */
export interface Token {
  readonly text: string;
  readonly provider: Provider;
  readonly kid: string | null;
  readonly alg: string;
  readonly signer: Pair;
  /** What is wrong with it whatever the keys are; null: nothing. */
  readonly flaw: string | null;
  /** Whether the signature is not that of its bytes. */
  readonly isForged: boolean;
  readonly label: string;
}

const FLAWS = [
  ...[
    'public key as secret',
    'shared secret',
    'none',
    'embedded key',
    'key by address',
    'expired',
    'not yet',
  ],
  ...['other audience', 'other issuer', 'no user', 'critical', 'another alg'],
] as const;
type Flaw = (typeof FLAWS)[number];

const FAR = Math.floor(Date.UTC(2099, 0, 1) / 1000);
const signed = new Map<string, string>();

/** @param held the keys that the provider is known to have */
export function makeToken(
  chance: Chance,
  provider: Provider,
  held: readonly GoodKey[],
  pairs: readonly Pair[],
): Token {
  const known = held.length > 0 && !chance.oneIn(4) ? chance.pick(held) : null;
  const signer =
    pairs.find(({ numbers }) => numbers === known?.numbers) ?? chance.pick(pairs.filter(canSign));
  const flaw = chance.oneIn(5) ? chance.pick(FLAWS) : null;
  const algs = (known?.algorithms ?? provider.algorithms).filter((name) => fits(name, signer));
  const alg = algs.length > 0 ? chance.pick(algs) : defaultAlg(signer);
  const kid = chance.oneIn(6)
    ? chance.pick([null, 'nobody', signer.key.kid, 'shared', '__proto__', ''])
    : (known?.kid ?? (known === null ? signer.key.kid : null));
  const isForged = chance.oneIn(10);
  const label = JSON.stringify([provider.name, signer.name, alg, kid, flaw, isForged]);
  return {
    text: textOf(provider, signer, alg, kid, flaw, isForged),
    provider,
    kid,
    alg,
    signer,
    flaw: flawOf(flaw, alg, provider),
    isForged,
    label,
  };
}

const canSign = ({ name }: Pair): boolean => !name.startsWith('x25519');
const fits = (alg: string, { family }: Pair): boolean =>
  family === 'RSA' ? /^[RP]S/.test(alg) : defaultAlgOf(family) === alg;
const defaultAlgOf = (family: string): string =>
  ({ RSA: 'RS256', 'EC P-256': 'ES256', 'EC P-384': 'ES384', 'OKP Ed25519': 'EdDSA' })[family] ?? 'RS256';
const defaultAlg = ({ family }: Pair): string => defaultAlgOf(family);

const flawOf = (flaw: Flaw | null, alg: string, { algorithms }: Provider): string | null =>
  flaw ?? (algorithms.includes(alg) ? null : 'an algorithm that is not configured');

function textOf(
  provider: Provider,
  signer: Pair,
  alg: string,
  kid: string | null,
  flaw: Flaw | null,
  isForged: boolean,
): string {
  const cached = JSON.stringify([provider.issuer, signer.name, alg, kid, flaw]);
  const text = signed.get(cached) ?? build(provider, signer, alg, kid, flaw);
  signed.set(cached, text);
  return isForged ? forged(text) : text;
}

/** Another user, and the signature of the first. */
function forged(text: string): string {
  const [header = '', payload = '', signature = ''] = text.split('.');
  const claims = Buffer.from(payload, 'base64url').toString().replace('alice', 'admin');
  return `${header}.${Buffer.from(claims).toString('base64url')}.${signature}`;
}

function build(provider: Provider, signer: Pair, alg: string, kid: string | null, flaw: Flaw | null): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: flaw === 'other issuer' ? `${provider.issuer}/` : provider.issuer,
    aud: flaw === 'other audience' ? 'another' : 'aviso',
    exp: flaw === 'expired' ? now - 1 : FAR,
    ...(flaw === 'not yet' ? { nbf: FAR - 1 } : {}),
    ...(flaw === 'no user' ? {} : { username: 'alice' }),
  };
  const header = {
    alg: algOf(flaw, alg),
    typ: 'JWT',
    ...(kid === null ? {} : { kid }),
    ...(flaw === 'embedded key' ? { jwk: signer.key.jwk } : {}),
    ...(flaw === 'key by address' ? { jku: 'https://evil.example/keys' } : {}),
    ...(flaw === 'critical' ? { crit: ['exp'] } : {}),
  };
  const [head, body] = [JSON.stringify(header), JSON.stringify(claims)];
  if (flaw === 'public key as secret')
    return signedWith(head, body, signer.key.publicKey.export({ type: 'spki', format: 'pem' }));
  if (flaw === 'shared secret') return signedWith(head, body, JWT_SECRET);
  if (flaw === 'none') return `${base64url(head)}.${base64url(body)}.${base64url('x')}`;
  return signedRaw(head, body, signer.key.privateKey, alg);
}

function algOf(flaw: Flaw | null, alg: string): string {
  if (flaw === 'public key as secret' || flaw === 'shared secret') return 'HS256';
  if (flaw === 'none') return 'none';
  return flaw === 'another alg' ? 'RS1' : alg;
}

const base64url = (text: string): string => Buffer.from(text).toString('base64url');

function signedWith(head: string, body: string, secret: string | Buffer): string {
  const text = `${base64url(head)}.${base64url(body)}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}
