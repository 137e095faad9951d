/** What a dependency can do instead of what it should. */
export type Fault =
  | { readonly kind: 'throws' | 'rejects'; readonly value: keyof typeof THROWN }
  | { readonly kind: 'hangs' | 'late' | 'twice' }
  | { readonly kind: 'gives'; readonly value: keyof typeof WRONG }
  /** Of a clock: jumps by so many milliseconds, once, at its next look. */
  | { readonly kind: 'jumps'; readonly byMs: number };

/** An error whose every member throws when it is looked at. */
function hostile(): Error {
  const fails = (): never => {
    throw new RangeError('looked at');
  };
  const error = new Error('hostile');
  for (const name of ['name', 'message', 'stack', 'cause', 'code'])
    Object.defineProperty(error, name, { get: fails });
  return error;
}

/** What is thrown, made anew each time. */
export const THROWN = {
  error: () => new TypeError('a fault that was injected'),
  text: () => 'a text that was thrown',
  nothing: () => undefined,
  hostile,
} as const;

/** What is answered in place of a value. */
export const WRONG = {
  undefined: undefined,
  null: null,
  empty: Object.freeze({}),
  allow: 'allow',
} as const;

const thrown = Object.keys(THROWN) as (keyof typeof THROWN)[];
const wrong = Object.keys(WRONG) as (keyof typeof WRONG)[];
const THROWS = thrown.map((value): Fault => ({ kind: 'throws', value }));
const GIVES = wrong.map((value): Fault => ({ kind: 'gives', value }));

/** The faults of each kind of dependency. */
export const FAULTS = {
  /** Answers a promise. */
  promise: [
    ...THROWS,
    ...thrown.map((value): Fault => ({ kind: 'rejects', value })),
    { kind: 'hangs' },
    { kind: 'late' },
    { kind: 'twice' },
    ...GIVES,
  ],
  /** A stream of bytes: `throws` before the first piece, `rejects` after it. */
  stream: [
    ...THROWS,
    ...thrown.map((value): Fault => ({ kind: 'rejects', value })),
    { kind: 'hangs' },
    { kind: 'late' },
    ...GIVES,
  ],
  /** Answers at once. */
  value: [...THROWS, ...GIVES],
  /** Answers nothing. */
  tells: THROWS,
  /** Calls back. */
  callback: [{ kind: 'twice' }],
  clock: [
    ...THROWS,
    { kind: 'jumps', byMs: 3_600_000 },
    { kind: 'jumps', byMs: -3_600_000 },
    { kind: 'jumps', byMs: -900 },
  ],
} as const satisfies Record<string, readonly Fault[]>;

export type DependencyKind = keyof typeof FAULTS;

export const isSlow = ({ kind }: Fault): boolean => kind === 'hangs' || kind === 'late';

export const describe = (fault: Fault): string =>
  'value' in fault
    ? `${fault.kind} ${fault.value}`
    : fault.kind === 'jumps'
      ? `jumps by ${fault.byMs} ms`
      : fault.kind;
