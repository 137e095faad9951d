import { harmed } from '../requests/plans/harms.js';
import { type Bend, KINDS, type TokenPlan } from './plans.js';
import type { Signer, signersOf } from './signers.js';

type Signers = ReturnType<typeof signersOf>;

/** RSA signatures cost the most by far: so many are kept. */
const KEPT = 20_000;

/** Makes the tokens of plans. */
export class TokenMaker {
  readonly #signed = new Map<string, string>();

  constructor(private readonly signers: Signers) {}

  token(plan: TokenPlan): string {
    const { algorithm, signer, kid: ownKid } = KINDS[plan.kind];
    const kid = plan.kid === 'own' ? ownKid : plan.kid;
    const members = [
      `"alg":${JSON.stringify(plan.algorithm ?? algorithm)}`,
      ...(kid === null ? [] : [`"kid":${kid}`]),
    ];
    // Of one member twice there are enough without those that come about by chance.
    const named = plan.header.some((member) => member.startsWith('"kid"')) ? members.slice(0, 1) : members;
    const header = Buffer.from(`{${[...named, ...plan.header].join(',')}}`);
    const claims = Buffer.from(`{${claimsOf(plan).join(',')}}`);
    const inHeader = plan.harmsIn === 'header' ? plan.harms : [];
    const inClaims = plan.harmsIn === 'claims' ? plan.harms : [];
    const input = `${base64url(harmed(header, inHeader))}.${base64url(harmed(claims, inClaims))}`;
    return bent(this.#sign(input, plan.signer ?? signer), plan.bend);
  }

  #sign(input: string, signer: Signer): string {
    const key = `${signer} ${input}`;
    const known = this.#signed.get(key);
    if (known !== undefined) return known;
    const token = `${input}.${base64url(this.signers[signer](input))}`;
    if (this.#signed.size >= KEPT) this.#signed.clear();
    this.#signed.set(key, token);
    return token;
  }
}

const claimsOf = ({ exp, user, issuer, audience, more }: TokenPlan): string[] => [
  ...(exp === null ? [] : [exp]),
  user,
  ...(issuer === null ? [] : [`"iss":${issuer}`]),
  ...(audience === null ? [] : [`"aud":${audience}`]),
  ...more,
];

const base64url = (bytes: Buffer): string => bytes.toString('base64url');
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** The last character with one of the bits changed that mean nothing (32 bytes leave two of them), or by a whole letter. */
function lastChanged(token: string, by: number): string {
  const value = ALPHABET.indexOf(token.at(-1) ?? '');
  return value < 0 ? token : token.slice(0, -1) + ALPHABET.charAt((value + by) % ALPHABET.length);
}

function bent(token: string, bend: Bend): string {
  const [header = '', claims = '', signature = ''] = token.split('.');
  const input = `${header}.${claims}`;
  const table: Record<Bend, string> = {
    no: token,
    padded: `${token}=`,
    lastBit: lastChanged(token, 1),
    lastCharacter: lastChanged(token, 7),
    otherSignature: `${input}.${[...signature].reverse().join('')}`,
    noSignature: input,
    unsigned: `${input}.`,
    twoSegments: `${header}.${signature}`,
    fourSegments: `${token}.AA`,
    fiveSegments: `${header}.AA.AA.AA.AA`,
    swapped: `${claims}.${header}.${signature}`,
    standardAlphabet: token.replaceAll('-', '+').replaceAll('_', '/'),
    blank: `${input}. ${signature}`,
    newline: `${token}\n`,
    percent: token.replaceAll('.', '%2E'),
    upperCase: token.toUpperCase(),
    zeroSignature: `${input}.${'A'.repeat(signature.length)}`,
    longSignature: `${token}AAAA`,
    shortSignature: token.slice(0, -4),
    nothing: '',
    dots: '..',
    beyondAscii: `${token}\u00e9`,
    quoted: `"${token}"`,
    jsonForm: `{"payload":"${claims}","protected":"${header}","signature":"${signature}"}`,
  };
  return table[bend];
}
