import fc from 'fast-check';
import { type Harm, harms } from '../requests/plans/harms.js';
import { NOW } from '../requests/world/truth.js';
import { ALGORITHMS, AUDIENCES, EXPIRIES, HEADER_MEMBERS, ISSUER_TEXTS, MORE, USERS } from './members.js';
import { ISSUERS } from './providers.js';
import type { Signer } from './signers.js';

/** What a token is made of, before it is signed. Members are as they are written; null leaves one out. */
export interface TokenPlan {
  readonly sidecar: 'alone' | 'with providers';
  readonly kind: Kind;
  readonly algorithm: string | null;
  /** `own`: that of the kind. */
  readonly kid: string | null;
  readonly signer: Signer | null;
  readonly header: readonly string[];
  readonly exp: string | null;
  readonly user: string;
  readonly issuer: string | null;
  readonly audience: string | null;
  readonly more: readonly string[];
  readonly harms: readonly Harm[];
  readonly harmsIn: 'header' | 'claims';
  readonly bend: Bend;
  readonly asks: string;
}

/** Whose tokens a plan starts from: signer, algorithm and claims that belong together. */
export const KINDS = {
  shared: { algorithm: 'HS256', signer: 'secret', kid: null, issuer: null, audience: null },
  rsa: { algorithm: 'RS256', signer: 'rsa', kid: '"one-rsa"', issuer: ISSUERS[0], audience: '"aviso"' },
  ec: { algorithm: 'ES256', signer: 'ec', kid: '"shared"', issuer: ISSUERS[0], audience: '"aviso"' },
  ed: { algorithm: 'EdDSA', signer: 'ed', kid: '"shared"', issuer: ISSUERS[1], audience: null },
} as const;
type Kind = keyof typeof KINDS;

/** What is done to the compact token in the end. */
const BENDS = [
  'no',
  'padded',
  'lastBit',
  'lastCharacter',
  'otherSignature',
  'noSignature',
  'unsigned',
  'twoSegments',
  'fourSegments',
  'fiveSegments',
  'swapped',
  'standardAlphabet',
  'blank',
  'newline',
  'percent',
  'upperCase',
  'zeroSignature',
  'longSignature',
  'shortSignature',
  'nothing',
  'dots',
  'beyondAscii',
  'quoted',
  'jsonForm',
] as const;
export type Bend = (typeof BENDS)[number];
const SIGNERS: readonly Signer[] = [
  'secret',
  'otherSecret',
  'sha384',
  'sha512',
  'emptySecret',
  'publicPem',
  'publicModulus',
  'rsa',
  'ec',
  'ed',
  'foreignRsa',
  'foreignEc',
  'foreignEd',
  'derEc',
  'pss',
  'none',
];

/** What is asked with the token: of an event type, for CIP. */
const ASKED = [
  'dissemination',
  'dissemination',
  'members',
  'members',
  'members-staff',
  'open',
  'listed',
  'staff',
];

const rarely = <T>(usual: T, weight: number, other: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other });

export const tokenPlans: fc.Arbitrary<TokenPlan> = fc
  .record({
    sidecar: fc.constantFrom<TokenPlan['sidecar']>('alone', 'with providers', 'with providers'),
    kind: fc.constantFrom<Kind>('shared', 'shared', 'shared', 'shared', 'shared', 'rsa', 'ec', 'ed', 'ed'),
    algorithm: rarely<string | null>(null, 20, fc.constantFrom(...ALGORITHMS)),
    kid: rarely<string | null>(
      'own',
      10,
      fc.constantFrom(null, '"shared"', '"one-rsa"', '"unknown"', '"Shared"', 'null'),
    ),
    signer: rarely<Signer | null>(null, 14, fc.constantFrom(...SIGNERS)),
    header: rarely<readonly string[]>(
      [],
      4,
      fc.array(fc.constantFrom(...HEADER_MEMBERS), { minLength: 1, maxLength: 2 }),
    ),
    exp: rarely<string | null>(`"exp":${NOW + 3600}`, 5, fc.constantFrom(null, ...EXPIRIES)),
    user: rarely('"username":"alice"', 2, fc.constantFrom(...USERS)),
    issuer: rarely<string | null>('own', 12, fc.constantFrom(null, ...ISSUER_TEXTS)),
    audience: rarely<string | null>('own', 8, fc.constantFrom(null, ...AUDIENCES)),
    more: rarely<readonly string[]>(
      [],
      2,
      fc.array(fc.constantFrom(...MORE), { minLength: 1, maxLength: 2 }),
    ),
    harms: rarely<readonly Harm[]>([], 25, fc.array(harms, { minLength: 1, maxLength: 2 })),
    harmsIn: fc.constantFrom('header', 'claims'),
    bend: rarely<Bend>('no', 10, fc.constantFrom(...BENDS)),
    asks: fc.constantFrom(...ASKED),
  })
  .map((plan) => ({
    ...plan,
    issuer: own(plan.issuer, KINDS[plan.kind].issuer),
    audience: plan.audience === 'own' ? KINDS[plan.kind].audience : plan.audience,
  }));

const own = (issuer: string | null, ofKind: string | null): string | null =>
  issuer !== 'own' ? issuer : ofKind === null ? null : `"${ofKind}"`;
