import type { Mutant } from '../mutants/mutant.js';

const mutant = (name: string, file: string, find: string, replace: string): Mutant => ({
  name,
  file,
  find,
  replace,
  caughtBy: 'requests',
});

/** Programs that read a request in another way than Aviso, or decide in another way than the contract. */
export const REQUEST_MUTANTS: readonly Mutant[] = [
  mutant(
    'a repeated key is accepted',
    'src/request/envelope.js',
    'if (envelope.repeated || hasRepeated(identifier))',
    'if (false)',
  ),
  mutant(
    'a byte order mark is skipped',
    'src/json/strict-json.js',
    "bytes.byteLength).toString('utf8')",
    "bytes.byteLength).toString('utf8').replace('\\ufeff', '')",
  ),
  mutant('nesting has no limit', 'src/json/strict-json.js', 'if (this.depth > MAX_DEPTH)', 'if (false)'),
  mutant(
    'half a surrogate pair is text',
    'src/json/strict-json.js',
    'if (unit < 0xd800 || unit > 0xdfff)',
    'if (unit >= 0)',
  ),
  mutant(
    'a body that was cut off is read',
    'src/request/question.js',
    'if (request.partialBody)',
    'if (false)',
  ),
  mutant(
    'Content-Encoding is ignored',
    'src/request/question.js',
    'if (!isIdentityCoding(request.contentEncoding))',
    'if (false)',
  ),
  mutant(
    'the wildcard is a destination',
    'src/request/match-key.js',
    'if (canonical.value === WILDCARD)',
    'if (false)',
  ),
  mutant('an enumeration keeps its case', 'src/request/match-key.js', '? ok(lower)', '? ok(text)'),
  mutant(
    'an integer keeps its zeros',
    'src/request/match-key.js',
    'return ok(number.toString());',
    "return ok(text.replace('+', ''));",
  ),
  mutant(
    'max_length counts characters',
    'src/request/match-key.js',
    'Buffer.byteLength(text) > maxLength',
    'text.length > maxLength',
  ),
  mutant(
    'any scalar is a text',
    'src/request/match-key.js',
    "if (rule.type !== 'IntHandler' || !(value instanceof JsonNumber))",
    "if (typeof value === 'boolean')\n        return String(value);\n    if (!(value instanceof JsonNumber))",
  ),
  mutant(
    'an unknown route is not gated',
    'src/request/route.js',
    '? UNGATED : UNKNOWN',
    '? UNGATED : UNGATED',
  ),
  mutant(
    'an encoded slash is a slash',
    'src/request/route.js',
    '/^2[5fFbB]$/.test(hex)',
    '/^2[5bB]$/.test(hex)',
  ),
  mutant(
    'credentials joined by a comma are nobody',
    'src/identity/authorization.js',
    "        return ANONYMOUS;\n    if (header.includes(','))\n        return AMBIGUOUS;\n    if (token === undefined",
    '        return ANONYMOUS;\n    if (token === undefined',
  ),
  mutant(
    'of several Authorization headers the first counts',
    'src/identity/authorization.js',
    'if (values.length > 1)',
    'if (false)',
  ),
  mutant(
    'roles count in any realm',
    'src/policy/roles.js',
    'const roles = allowed.get(identity.realm);',
    'const roles = [...allowed.values()].flat();',
  ),
  mutant('an unknown event type is open', 'src/policy/gates.js', "(strict ? 'unknown' : OPEN)", 'OPEN'),
  mutant(
    'a denial is a success',
    'src/authorize.js',
    "case 'not_listed':",
    "case 'not_listed':\n            return { kind: 'allow', reason: 'destination_listed', identity, cacheOutcome: verdict.cacheOutcome };",
  ),
  mutant(
    'a deadline that passed is ignored',
    'src/authorize.js',
    'if (parts.now() > deadline)',
    'if (false)',
  ),
  mutant(
    "the route's operation is not compared",
    'src/authorize.js',
    'route.operation === routeOperation);',
    'true);',
  ),
  mutant(
    'a name is put into the URL as it is',
    'src/checker/server.js',
    'encodeURIComponent(username)',
    'username',
  ),
  mutant(
    'inactive records count',
    'src/checker/payload.js',
    "if (members?.get('active') !== true)",
    "if (!members?.has('active'))",
  ),
];
