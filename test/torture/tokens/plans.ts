import fc from 'fast-check';
import { type Harm, harms } from '../requests/plans/harms.js';
import { NOW } from '../requests/world/truth.js';
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

const EXPIRIES = [
  NOW + 1,
  NOW,
  NOW - 1,
  NOW - 59,
  NOW - 60,
  NOW - 61,
  NOW - 62,
  NOW + 61,
  '1e10',
  '2e9',
  `${NOW + 99}.0`,
  `"${NOW + 99}"`,
  '0',
  '-1',
  '-0',
  '18446744073709551615',
  '18446744073709551616',
  '99999999999999999999999',
  'null',
  'true',
  '[]',
  '{}',
  `[${NOW + 99}]`,
  '1E400',
  `0${NOW}`,
  `+${NOW}`,
  '9007199254740993',
  '9223372036854775808',
].map((value) => `"exp":${value}`);
const USERS = [
  '"username":"alice"',
  '"sub":"alice"',
  '"username":null,"sub":"alice"',
  '"sub":"ecmwf-alice","username":"alice"',
  '"username":"","sub":"alice"',
  '"username":5,"sub":"alice"',
  '"username":"alice","sub":5',
  '"username":["alice"]',
  '"username":{"a":"alice"}',
  '"username":true',
  '"username":"alice","username":"bob"',
  '"username":"bob","\\u0075sername":"alice"',
  '"Username":"alice"',
  '"username":"\\u0061lice"',
  '"username":"zo\u00eb"',
  '"username":"zoe\u0308"',
  '"username":"\\ud83d\\ude00"',
  '"username":"\\ud800"',
  '"username":"alice\\u0000"',
  '"username":"__proto__"',
  '"__proto__":{"username":"alice"}',
  '"sub":""',
  '"username":" "',
  '"username":"alice "',
  '"username":"bob"',
  '"username":"constructor"',
  '"user":"alice"',
  '"sub":null',
];
const MORE = [
  '"realm":"ecmwf"',
  '"realm":"ecmwf","roles":["admin"]',
  '"realm":"ops"',
  '"realm":null',
  '"realm":5',
  '"realm":["ecmwf"]',
  '"realm":"one"',
  '"realm":"two","roles":["admin"]',
  '"roles":[]',
  '"roles":["admin"]',
  '"roles":null',
  '"roles":"admin"',
  '"roles":["admin",5]',
  '"roles":{"0":"admin"}',
  '"roles":["reader"],"roles":["admin"]',
  '"roles":[["admin"]]',
  '"attributes":{}',
  '"attributes":{"a":"b"}',
  '"attributes":null',
  '"attributes":{"a":5}',
  '"attributes":{"a":null}',
  '"attributes":[]',
  '"attributes":"x"',
  '"iat":0',
  '"iat":-1',
  '"iat":1.5',
  '"iat":null',
  '"iat":"0"',
  '"iat":18446744073709551616',
  `"nbf":${NOW + 5}`,
  `"nbf":${NOW + 61}`,
  `"nbf":${NOW + 99999}`,
  '"nbf":"x"',
  '"nbf":[]',
  '"nbf":[1]',
  '"nbf":{"a":1}',
  '"nbf":null',
  '"jti":"x"',
  '"jti":{"a":[1,2]}',
  '"scope":"*"',
  '"x":1e400',
  '"x":"\\udc00"',
  `"x":${'['.repeat(60)}${']'.repeat(60)}`,
  `"x":${'['.repeat(126)}${']'.repeat(126)}`,
  `"x":${'['.repeat(130)}${']'.repeat(130)}`,
  `"x":"${'y'.repeat(9000)}"`,
  `"x":"${'y'.repeat(40_000)}"`,
  '"exp":9999999999',
  '"\\u0065xp":9999999999',
  '"iss":"https://one.example"',
];
const ISSUER_TEXTS = [
  ...ISSUERS.map((issuer) => `"${issuer}"`),
  '"https://one.example/"',
  '"HTTPS://ONE.EXAMPLE"',
  '"https://one.exampl\\u0065"',
  '"https://three.example"',
  'null',
  '5',
  '""',
  '["https://one.example"]',
  '"__proto__"',
];
const AUDIENCES = [
  '"aviso"',
  '["aviso"]',
  '["x","aviso"]',
  '"other"',
  '[]',
  '["other"]',
  '5',
  'null',
  '["aviso",5]',
  '{"aviso":1}',
  '"Aviso"',
  '"aviso "',
  '"__proto__"',
];
const ALGORITHMS = [
  'HS256',
  'HS384',
  'HS512',
  'RS256',
  'RS384',
  'PS256',
  'ES256',
  'ES256K',
  'ES384',
  'EdDSA',
  'Ed25519',
  'none',
  'None',
  'NONE',
  'nOnE',
  '',
  'hs256',
  'HS256 ',
  'dir',
  'toString',
];
const HEADER_MEMBERS = [
  '"typ":"JWT"',
  '"typ":"at+jwt"',
  '"typ":null',
  '"typ":5',
  '"cty":"JWT"',
  '"crit":["exp"]',
  '"crit":[]',
  '"crit":null',
  '"b64":false',
  '"b64":true',
  '"b64":false,"crit":["b64"]',
  '"jwk":{"kty":"oct","k":"AAAA"}',
  '"jwk":null',
  '"jwk":"x"',
  '"jku":"https://evil.example/keys"',
  '"jku":null',
  '"x5u":"https://evil.example/cert"',
  '"x5c":["MIIB"]',
  '"x5c":[]',
  '"x5c":"x"',
  '"x5t":"x"',
  '"zip":"DEF"',
  '"zip":null',
  '"enc":"A256GCM"',
  '"alg":"none"',
  '"\\u0061lg":"HS256"',
  '"alg":null',
  '"kid":"shared"',
  '"kid":"one-rsa"',
  '"kid":"unknown"',
  '"kid":""',
  '"kid":null',
  '"kid":5',
  '"kid":"../../dev/null"',
  `"kid":"${'k'.repeat(300)}"`,
  '"x":"y"',
  '"x":null',
  '"x":1',
  '"x":{}',
  '"nonce":"x"',
  '"url":null',
  '"__proto__":"x"',
  '"iss":"https://one.example"',
];

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
