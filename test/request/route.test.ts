import fc from 'fast-check';
import t from 'tap';
import { type Route, routeOf } from '../../src/request/route.js';

const shown = ({ kind, ...rest }: Route) => ('operation' in rest ? `${kind} ${rest.operation}` : kind);
const post = (target: string) => shown(routeOf('POST', target));

/** Request-targets as the gateway gets them, to what Aviso does with a POST of them (contract section 2). */
const POSTS: Record<string, readonly string[]> = {
  'gated watch': [
    '/api/v1/watch',
    '/api/v1/watch?',
    '/api/v1/watch?a=b',
    '/api/v1/watch?/../notification',
    '/api/v1/watch?x=%00',
    '/api/v1/%77atch',
    '/api/v1/w%61tch',
    '/%61%70%69/v1/watch',
    '/api/%76%31/%77%61%74%63%68',
  ],
  'gated replay': ['/api/v1/replay', '/api/v1/%72eplay', '/api/v1/replay?from=1&to=2'],
  ungated: [
    '/api/v1/notification',
    '/api/v1/notification?x',
    '/api/v1/%6eotification',
    '/api/v1/admin/wipe/all',
  ],
  unknown: [
    ...[
      '/api/v1//watch',
      '//api/v1/watch',
      '/api/v1/watch/',
      '/api/v1/watch//',
      '/API/V1/watch',
      '/api/v1/Watch',
    ],
    ...[
      '/api/v1/watch;a=b',
      '/api/v1%2fwatch',
      '/api/v1%2Fwatch',
      '/api/v1%5cwatch',
      '/api/v1\\watch',
      '/api/v1/watch%20',
    ],
    ...[
      '/api/v1/watch%00',
      '/api/v1/watch%0a',
      '/api/v1/watch%3Fx',
      '/api/v1/watch%3f',
      '/api/v1/watch%23',
      '/api/v1/watch%2f',
    ],
    ...[
      '/api/v1/x/../watch',
      '/api/v1/./watch',
      '/api/v1/%2e/watch',
      '/api/v1/%2e%2e/v1/watch',
      '/../api/v1/watch',
    ],
    ...[
      '/api/v1/notification/../watch',
      '/api/v1/notification/..%2fwatch',
      '/api/v1/notification/',
      '/api/v1/notification/x',
    ],
    ...[
      '/api/v1/%2577atch',
      '/api/v1/%25%37%37atch',
      '/api/v1/%7',
      '/api/v1/watch%',
      '/api/v1/%zzatch',
      '/api/v1/+watch',
    ],
    ...[
      '/api/v1/watch#frag',
      '/api/v1/watch?x#frag',
      '#/api/v1/watch',
      '',
      '*',
      'api/v1/watch',
      'http://h/api/v1/watch',
    ],
    ...[
      '/api/v1/watc%e9',
      '/api/v1/watch%c2%a0',
      '/api/v1/ｗatch',
      '/api/v1/watchx',
      '/api/v1',
      '/api/v1/',
      '/api/v2/watch',
    ],
    ...[
      '/',
      '/health',
      '/api/v1/schema',
      '/envoy/api/v1/watch',
      '/metrics',
      '/healthz',
      '/readyz',
      '/nowhere',
    ],
    ...[
      '/api/v1/admin',
      '/api/v1/admin/',
      '/api/v1/admin//x',
      '/api/v1/admin/../watch',
      '/api/v1/admin/%2e%2e/watch',
    ],
    ...[
      '/api/v1/admin/..%2fwatch',
      '/api/v1/admin/..%5cwatch',
      '/api/v1/admin/..\\watch',
      '/api/v1/admin/%00',
    ],
  ],
};

for (const [expected, targets] of Object.entries(POSTS)) {
  for (const target of targets)
    t.equal(post(target), expected, `POST ${encodeURI(target) || '(nothing)'} is ${expected}`);
}

t.test('watch and replay answer POST only, exactly so spelled', async (t) => {
  for (const method of [
    'GET',
    'HEAD',
    'PUT',
    'DELETE',
    'PATCH',
    'OPTIONS',
    'TRACE',
    'CONNECT',
    'post',
    'Post',
    'POST ',
    '',
  ]) {
    t.equal(shown(routeOf(method, '/api/v1/watch')), 'unknown', method);
    t.equal(shown(routeOf(method, '/api/v1/replay')), 'unknown', method);
  }
});

t.test("Aviso's other routes pass with the methods they answer", async (t) => {
  const reads = [
    '/',
    '/health',
    '/api/v1/schema',
    '/api/v1/schema/dissemination',
    '/api/v1/schema/a.b-c_d',
    '/static/app.js',
  ];
  for (const path of reads) {
    for (const method of ['GET', 'HEAD'])
      t.equal(shown(routeOf(method, path)), 'ungated', `${method} ${path}`);
    for (const method of ['POST', 'PUT', 'DELETE'])
      t.equal(shown(routeOf(method, path)), 'unknown', `${method} ${path}`);
  }
  t.equal(shown(routeOf('DELETE', '/api/v1/admin/notification/1')), 'ungated');
  t.equal(shown(routeOf('GET', '/api/v1/notification')), 'unknown');
});

t.test('a folder does not cover dot segments, empty segments or other separators', async (t) => {
  for (const rest of [
    '',
    '..',
    '.',
    '../watch',
    'a/..',
    'a//b',
    'a/',
    '%2e%2e',
    'a%2fb',
    'a%5cb',
    'a\\b',
    'a%00',
    'a%25b',
    'a%2Bb',
    'é',
  ]) {
    t.equal(shown(routeOf('GET', `/api/v1/schema/${rest}`)), 'unknown', encodeURI(rest));
  }
});

/** An independent decoder: what actix-router 0.5 decodes before it matches. */
function decoded(path: string): string {
  const units = path.split(/(%[0-9a-fA-F]{2})/);
  return units.map((unit) => (/^%(?!2[5fFbB])[0-9a-fA-F]{2}$/.test(unit) ? decodeUnit(unit) : unit)).join('');
}
const decodeUnit = (unit: string): string => String.fromCodePoint(Number(`0x${unit.slice(1)}`));

t.test('a target is gated exactly when its decoded path is one of the two', async () => {
  const letters = [...'/api/v1/watch'];
  const disguised = fc
    .tuple(...letters.map((letter) => fc.tuple(fc.constant(letter), fc.nat({ max: 3 }))))
    .map((pairs) => pairs.map(([letter, how]) => (how === 0 ? escaped(letter) : letter)).join(''));
  fc.assert(
    fc.property(fc.oneof(disguised, fc.webPath(), fc.string({ unit: 'binary-ascii' })), (path) => {
      fc.pre(!path.includes('?') && !path.includes('#'));
      const isGated = routeOf('POST', path).kind === 'gated';
      return isGated === (decoded(path) === '/api/v1/watch' || decoded(path) === '/api/v1/replay');
    }),
    { numRuns: 3000 },
  );
});

const escaped = (letter: string): string => `%${letter.charCodeAt(0).toString(16)}`;
