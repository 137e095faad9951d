import type { Mutant } from '../mutants/mutant.js';

const mutant = (name: string, file: string, find: string, replace: string): Mutant => ({
  name,
  file: `src/identity/${file}.js`,
  find,
  replace,
  caughtBy: 'auth-o-tron',
});

export const AUTH_O_TRON_MUTANTS: readonly Mutant[] = [
  mutant(
    'redirects and 4xx are answers',
    'auth-o-tron',
    'answer.status < 200 || answer.status > 299',
    'answer.status > 499',
  ),
  mutant('403 is no refusal', 'auth-o-tron', 'answer.status === 403', 'answer.status === 0'),
  mutant('a token that ended is taken', 'shared-secret', 'LEEWAY_SECONDS = 60n', 'LEEWAY_SECONDS = 86400n'),
  mutant('the signature is not looked at', 'shared-secret', '!(await isSignedWith(usable, token))', 'false'),
  mutant('a token in a member that stands twice', 'auth-o-tron', 'object.repeats(TOKEN_MEMBERS)', 'false'),
];
