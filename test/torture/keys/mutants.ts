import type { Mutant } from '../mutants/mutant.js';

const mutant = (name: string, file: string, find: string, replace: string): Mutant => ({
  name,
  file: `src/identity/jwks/${file}.js`,
  find,
  replace,
  caughtBy: 'keys',
});

export const KEYS_MUTANTS: readonly Mutant[] = [
  mutant(
    'private and symmetric keys are used',
    'key',
    'SECRET_MEMBERS.some((name) => members.has(name))',
    'false',
  ),
  mutant('weak keys are used', 'key', 'bits < RSA_BITS.min', 'bits < 512'),
  mutant('keys for encryption are used', 'key', "use === 'sig' && ", ''),
  mutant(
    'the issuer of a discovery document is not compared',
    'discovery',
    "document.members.get('issuer') !== issuer",
    'false',
  ),
  mutant('kept keys never end', 'slot', '< this.#options.refresh.maxStaleMs', '< Infinity'),
  mutant('any 2xx is a key set', 'fetch-keys', 'status === 200', 'status < 300'),
  mutant(
    'an unknown key is 401 in an outage',
    'slot',
    "this.#last?.failure === null ? 'unknown' : 'unavailable'",
    "'unknown'",
  ),
  mutant(
    'the signature is not looked at',
    'verifier',
    '!(await isSignedWith(lookup.key, algorithm, token))',
    'false',
  ),
  mutant('a part of a set is stored', 'key-set', "entry.kind === 'malformed'", 'false'),
  mutant('any audience will do', 'provider-claims', 'audiences.includes(audience)', 'true'),
];
