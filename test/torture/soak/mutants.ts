import type { Mutant } from '../mutants/mutant.js';

const mutant = (name: string, file: string, find: string, replace: string): Mutant => ({
  ...{ name, file: `src/${file}`, find, replace },
  caughtBy: 'soak',
});

/** What the soak has to notice: what is left behind, what is never let go of, and answers that time makes wrong. */
export const SOAK_MUTANTS: readonly Mutant[] = [
  mutant(
    'every request is kept in a list that nobody empties',
    'decider.js',
    'const trail = newTrail(span);',
    'const trail = newTrail(span); (globalThis.kept ??= []).push(trail);',
  ),
  mutant(
    'the timer of a deadline is not cleared when the list is there in time',
    'domain/in-time.js',
    'clearTimeout(timer);',
    '',
  ),
  mutant(
    'the timer of a call to ECPDS is not cleared when the answer is there',
    'http/bounded-get.js',
    'cancel: () => clearTimeout(timer),',
    'cancel: () => undefined,',
  ),
  mutant('the timer of a gRPC call is never cleared', 'grpc/unary.js', 'clearTimeout(patience);', ''),
  mutant(
    'a fetch that is done stays among those in flight',
    'checker/cache.js',
    'this.#inFlight.delete(key);',
    'void key;',
  ),
  mutant('a list never expires', 'checker/cache.js', 'ttl: this.#lifetimeMs()', 'ttl: 3_600_000'),
  mutant(
    'who waits for the fetch of another is never told',
    'checker/cache.js',
    "{ outcome: 'miss_coalesced', pending: running }",
    "{ outcome: 'miss_coalesced', pending: new Promise(() => {}) }",
  ),
  mutant(
    'a connection whose client ends in the middle of a request is not closed',
    'transport/client-error.js',
    'socket.destroy();',
    '',
  ),
  mutant(
    'connections that have ended stay among those of the gRPC server',
    'grpc/sessions.js',
    "socket.once('close', () => connections.delete(socket));",
    '',
  ),
  mutant('a decision is counted twice', 'observe/tally.js', '.pending += 1', '.pending += 2'),
  mutant(
    'a call to ECPDS that breaks is made again',
    'http/bounded-get.js',
    "limit.orPassed(fetch(url, { headers, signal, redirect: 'manual' }))",
    "limit.orPassed(fetch(url, { headers, signal, redirect: 'manual' }).catch(() => fetch(url, { headers, signal, redirect: 'manual' })))",
  ),
  mutant(
    'a destination that is not on the list is allowed',
    'checker/checker.js',
    "return 'not_listed';",
    "return 'listed';",
  ),
  mutant(
    'two answers change places now and then',
    'transport/http-listener.js',
    'const { requestId } = request;',
    'const requestId = globalThis.earlier ?? request.requestId; globalThis.earlier = request.requestId;',
  ),
];
