import t from 'tap';
import { type Requests, wrkScript } from '../../../../tools/bench/load/script.js';

const ONE: Requests = { path: '/api/v1/watch', body: '{"a":"b"}', authorizations: ['Bearer one'] };
const script = (requests: Requests): string => wrkScript(requests, '/tmp/users');

t.test('one user is a constant request, which wrk sends without asking the script', async (t) => {
  const text = script(ONE);
  t.match(text, 'wrk.headers["Authorization"] = "Bearer one"');
  t.match(text, 'wrk.body = "{\\"a\\":\\"b\\"}"');
  t.notMatch(text, 'function request');
  t.notMatch(text, 'function delay');
});

t.test('of several users each request takes one at random, from a file that is read once', async (t) => {
  const text = script({ ...ONE, authorizations: ['Bearer one', 'Bearer two'] });
  t.match(text, 'io.lines("/tmp/users")');
  t.match(text, 'function request() return requests[math.random(#requests)] end');
});

t.test('one user can be drawn as well, so that the script costs the same as with many', async (t) => {
  t.match(script({ ...ONE, draw: true }), 'function request');
});

t.test('connections rest when they are told to', async (t) => {
  t.match(script({ ...ONE, restMs: 16 }), 'function delay() return math.random(16) end');
});
