import type { Mutant } from '../mutants/mutant.js';

const mutant = (name: string, file: string, find: string, replace: string): Mutant => ({
  name,
  file: `src/${file}.js`,
  find,
  replace,
  caughtBy: 'ecpds',
});

const LENIENT_BODY =
  'response.body && { async *[Symbol.asyncIterator]() { try { yield* response.body; } catch {} } }, maxBytes';
const EMPTY_LIST = '{ result: { ok: true, value: { names: [], total: 0, inactive: 0, malformed: 0 } } }';

export const ECPDS_MUTANTS: readonly Mutant[] = [
  mutant('`success` is not looked at', 'checker/payload', "members.get('success') !== 'yes'", 'false'),
  mutant('inactive records count', 'checker/payload', "members?.get('active') !== true", 'members === null'),
  mutant(
    'a part of a body is accepted',
    'http/bounded-get',
    'readAtMost(response.body, maxBytes',
    `readAtMost(${LENIENT_BODY}`,
  ),
  mutant('redirects are followed', 'http/bounded-get', "redirect: 'manual'", "redirect: 'follow'"),
  mutant(
    'any 2xx is accepted',
    'checker/server',
    'answer.status !== 200',
    'answer.status < 200 || answer.status > 299',
  ),
  mutant('there is no limit of size', 'checker/server', 'maxBytes: MAX_RESPONSE_BYTES', 'maxBytes: Infinity'),
  mutant(
    'a failure is cached as an empty list',
    'checker/cache',
    'const result = await Promise.resolve().then(fetch);',
    'let result = await Promise.resolve().then(fetch); if (!result.ok) result = { ok: true, outcome: result.outcome, list: new Set() };',
  ),
  mutant(
    'the best failure is reported, not the worst',
    'domain/fetch-outcome',
    'FETCH_FAILURES.find(',
    'FETCH_FAILURES.findLast(',
  ),
  mutant('strict is any_success', 'checker/merge', "policy === 'any_success'", 'true'),
  mutant('a denial is a success', 'checker/checker', "return 'not_listed'", "return 'listed'"),
  mutant(
    'age counts from the end of the fetch',
    'checker/cache',
    'start: shifted(startedAt)',
    'start: shifted(this.#clock.now())',
  ),
  mutant('connections are used again', 'http/client', 'pipelining: 0', 'pipelining: 1'),
  mutant('the user name is not escaped', 'checker/server', 'encodeURIComponent(username)', 'username'),
  mutant(
    'an open circuit is an empty list',
    'checker/ecpds-server',
    "{ result: fail({ outcome, error: 'circuit open' }) }",
    EMPTY_LIST,
  ),
  mutant(
    'a refresh that failed in part counts',
    'checker/cache',
    'this.#fly(key, fetch, isComplete)',
    'this.#fly(key, fetch, ({ ok }) => ok)',
  ),
  mutant(
    'two realms share a list',
    'domain/identity',
    'JSON.stringify([issuer, realm, username])',
    'JSON.stringify([issuer, username])',
  ),
];
