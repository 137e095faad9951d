import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import type { SecretWatch } from '../../secrets/watch.js';
import { BROKEN, LISTS, NOBODY } from '../world/lists.js';
import { NOW } from '../world/truth.js';

/** Who is said to send a request, in what kind of token, in what kind of header. */
export interface PersonPlan {
  readonly username: string;
  /** A claim as it is written, or left out. */
  readonly realm: string | null;
  readonly roles: string | null;
  readonly flavour: Flavour;
  readonly form: Form;
}

const username = fc.oneof(
  { weight: 6, arbitrary: fc.constant('alice') },
  { weight: 5, arbitrary: fc.constantFrom(...LISTS.keys()) },
  { weight: 2, arbitrary: fc.constantFrom(...NOBODY) },
  { weight: 1, arbitrary: fc.constantFrom(...BROKEN.keys()) },
);
const realm = fc.constantFrom(
  null,
  null,
  '"ecmwf"',
  '"ecmwf"',
  '"ecmwf"',
  '"partners"',
  '"ops"',
  '"other"',
  'null',
  '""',
  '"ECMWF"',
  '"__proto__"',
  '"constructor"',
);
const roles = fc.constantFrom(
  null,
  null,
  null,
  '[]',
  '["reader"]',
  '["reader"]',
  '["reader"]',
  '["admin"]',
  '["x","admin"]',
  '["*"]',
  '["Admin"]',
  '["admin "]',
  '["toString","operator"]',
);

const FAR = NOW + 100_000;
type Flavour = keyof typeof FLAVOURS;
/** The claim of time, the name of the user's claim, header, algorithm of the MAC, and what is done to the token in the end. */
interface TokenShape {
  readonly exp: string;
  readonly user: (name: string) => string;
  readonly header: string;
  readonly mac: string;
  readonly isForged: boolean;
  readonly bend: (token: string) => string;
}
const GOOD: TokenShape = {
  exp: `"exp":${FAR}`,
  user: (name) => `"username":${name}`,
  header: '{"typ":"JWT","alg":"HS256"}',
  mac: 'sha256',
  isForged: false,
  bend: (token) => token,
};
const FLAVOURS = {
  good: GOOD,
  subject: { ...GOOD, user: (name: string) => `"username":null,"sub":${name}` },
  both: { ...GOOD, user: (name: string) => `"sub":"ecmwf-alice","username":${name}` },
  expired: { ...GOOD, exp: `"exp":${NOW - 3600}` },
  endless: { ...GOOD, exp: '"nbf":0' },
  exponent: { ...GOOD, exp: '"exp":2e9' },
  nameless: { ...GOOD, user: () => '"username":""' },
  twice: { ...GOOD, user: (name: string) => `"username":"bob","username":${name}` },
  forged: { ...GOOD, isForged: true },
  none: { ...GOOD, header: '{"alg":"none"}' },
  stronger: { ...GOOD, header: '{"alg":"HS512"}', mac: 'sha512' },
  critical: { ...GOOD, header: '{"alg":"HS256","crit":["exp"]}' },
  unsigned: { ...GOOD, bend: (token: string) => token.slice(0, token.lastIndexOf('.') + 1) },
  cut: { ...GOOD, bend: (token: string) => token.slice(0, -1) },
  padded: { ...GOOD, bend: (token: string) => `${token}=` },
  foursome: { ...GOOD, bend: (token: string) => `${token}.AA` },
} satisfies Record<string, TokenShape>;
const FLAVOUR_NAMES = Object.keys(FLAVOURS) as Flavour[];
const flavour = fc.oneof(
  { weight: 12, arbitrary: fc.constant<Flavour>('good') },
  { weight: 1, arbitrary: fc.constantFrom<Flavour>('subject', 'both') },
  { weight: 1, arbitrary: fc.constantFrom(...FLAVOUR_NAMES) },
);

/** `Authorization` values with a token in them. */
const FORMS = {
  plain: (token: string) => [`Bearer ${token}`],
  lower: (token: string) => [`bearer ${token}`],
  upper: (token: string) => [`BEARER ${token}`],
  tabbed: (token: string) => [`Bearer\t${token}`],
  spaced: (token: string) => [` Bearer   ${token} `],
  none: () => [],
  empty: () => [''],
  bare: (token: string) => [token],
  schemeOnly: () => ['Bearer'],
  threeWords: (token: string) => [`Bearer ${token} x`],
  joined: (token: string) => [`Bearer ${token},Bearer ${token}`],
  joinedLoosely: (token: string) => [`Bearer ${token}, x`],
  comma: (token: string) => [`Bearer ${token},`],
  commaFirst: (token: string) => [`Bearer ,${token}`],
  basicThenBearer: (token: string) => [`Basic YTpi, Bearer ${token}`],
  basic: () => ['Basic YTpi'],
  basicComma: () => ['Basic YTpi,'],
  scheme: (token: string) => [`Bearer: ${token}`],
  glued: (token: string) => [`Bearer${token}`],
  quoted: (token: string) => [`Bearer "${token}"`],
  beyondAscii: (token: string) => [`Bearer ${token}\u00e9`],
  blankBeyondAscii: (token: string) => [`Bearer\u00a0${token}`],
  twice: (token: string) => [`Bearer ${token}`, `Bearer ${token}`],
  withEmpty: (token: string) => [`Bearer ${token}`, ''],
  emptyFirst: (token: string) => ['', `Bearer ${token}`],
  withBasic: (token: string) => ['Basic YTpi', `Bearer ${token}`],
} satisfies Record<string, (token: string) => string[]>;
type Form = keyof typeof FORMS;
const form = fc.oneof(
  { weight: 12, arbitrary: fc.constant<Form>('plain') },
  { weight: 1, arbitrary: fc.constantFrom<Form>('lower', 'upper', 'tabbed', 'spaced', 'none') },
  { weight: 3, arbitrary: fc.constantFrom(...(Object.keys(FORMS) as Form[])) },
);

export const people: fc.Arbitrary<PersonPlan> = fc.record({ username, realm, roles, flavour, form });

/** The `Authorization` values of a plan. Each token is made once, and told to the watch before it is used. */
export class TokenShop {
  readonly #made = new Map<string, string>();

  constructor(
    private readonly secret: string,
    private readonly watch: SecretWatch,
  ) {}

  authorization(plan: PersonPlan): readonly string[] {
    return FORMS[plan.form](this.#token(plan));
  }

  #token(plan: PersonPlan): string {
    const key = `${plan.flavour} ${plan.realm} ${plan.roles} ${plan.username}`;
    const known = this.#made.get(key);
    if (known !== undefined) return known;
    const token = this.#make(FLAVOURS[plan.flavour], plan);
    this.watch.token(token);
    this.#made.set(key, token);
    return token;
  }

  #make({ exp, user, header, mac, isForged, bend }: TokenShape, plan: PersonPlan): string {
    const claims = [exp, user(JSON.stringify(plan.username))];
    if (plan.realm !== null) claims.push(`"realm":${plan.realm}`);
    if (plan.roles !== null) claims.push(`"roles":${plan.roles}`);
    const signed = `${base64url(header)}.${base64url(`{${claims.join(',')}}`)}`;
    const secret = isForged ? `${this.secret}x` : this.secret;
    return bend(`${signed}.${createHmac(mac, secret).update(signed).digest('base64url')}`);
  }
}

const base64url = (text: string): string => Buffer.from(text).toString('base64url');
