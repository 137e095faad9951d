import type { Mutant } from '../mutants/mutant.js';

const mutant = (name: string, file: string, find: string, replace: string): Mutant => ({
  name,
  file: `src/${file}`,
  find,
  replace,
  caughtBy: 'faults',
});

/** Programs that fail in one of the ways that this part has to notice. */
export const FAULT_MUTANTS: readonly Mutant[] = [
  mutant(
    'who finds out who the user is may take for ever',
    'authorize.js',
    'inTime(deadline - now(), resolved, TOO_LATE).then(noted)',
    'resolved.then(noted)',
  ),
  mutant(
    'a verdict that comes too late is taken',
    'authorize.js',
    'parts.now() > deadline ? late(verdict, identity) : decisionOf(verdict, identity)',
    'decisionOf(verdict, identity)',
  ),
  mutant(
    'an exception becomes an allow',
    'decider.js',
    "return { kind: 'error', errorKind: 'unexpected', cause, cacheOutcome: null };",
    "return { kind: 'allow', reason: 'not_gated', identity: null, cacheOutcome: null };",
  ),
  mutant('a gate that says nothing is open', 'authorize.js', 'gate.required === false', '!gate.required'),
  mutant(
    'a fetch that failed stays in flight',
    'checker/cache.js',
    'if (isCurrent())',
    'if (isCurrent() && this.#entries.has(key))',
  ),
  mutant(
    'a failure is cached as a list without a name',
    'checker/cache.js',
    'if (!result.ok)\n            return result;',
    "if (!result.ok) { keep(new CachedList({ size: 0, has: () => false }, startedAt), { ok: true, outcome: 'Success' }); return result; }",
  ),
  mutant(
    'a flight that hangs is joined for ever',
    'checker/cache.js',
    'flight.startedAt > maxFlightMs',
    'flight.startedAt > Infinity',
  ),
  mutant(
    'a body that ends twice is decided on twice',
    'transport/http-body.js',
    "if (!isDone)\n            finish('whole');",
    "finish('whole');",
  ),
  mutant(
    'an error is answered without a count and an event',
    'transport/http-listener.js',
    'this.options.refuse(decision, request);',
    '',
  ),
  mutant(
    'a recorder that throws takes the request with it',
    'observe/recorder.js',
    'return harmless(recorder, failed);',
    'return recorder;',
  ),
  mutant(
    'a span that breaks takes the request with it',
    'observe/harmless-tracer.js',
    'failed(cause);\n            return otherwise;',
    'throw cause;',
  ),
  mutant(
    'a call that does not heed its signal is waited for',
    'http/bounded-get.js',
    'Promise.race([value, passed])',
    'value',
  ),
  mutant(
    'an import of the secret that failed is kept',
    'identity/shared-secret.js',
    'const usable = key ?? (await importHmacKey(jwtSecret));',
    'const usable = await (key ??= importHmacKey(jwtSecret));',
  ),
  mutant(
    'a call that ends twice is decided on twice',
    'grpc/unary.js',
    'if (ended || answered || stream.aborted)',
    'if (stream.aborted)',
  ),
  mutant(
    'an answer that cannot be sent leaves the call open',
    'grpc/unary.js',
    'stream.close(constants.NGHTTP2_INTERNAL_ERROR);',
    '',
  ),
];
