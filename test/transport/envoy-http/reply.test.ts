import t from 'tap';
import { STATUSES } from '../../../src/observe/vocabulary.js';
import { CARRIERS, replyEnvoyHttp } from '../../../src/transport/envoy-http/reply.js';

const dressed = (status: number) => replyEnvoyHttp({ allows: false, status, headers: { a: 'b' }, body: 'x' });

t.test('503 travels as 424 and 500 as 423, with headers and body', async (t) => {
  t.same(dressed(503), { allows: false, status: 424, headers: { a: 'b' }, body: 'x' });
  t.same(dressed(500), { allows: false, status: 423, headers: { a: 'b' }, body: 'x' });
});

t.test('every other status is itself, and no answer is a 5xx that Envoy would swallow', async (t) => {
  for (const status of STATUSES) {
    t.equal(dressed(status).status, CARRIERS.get(status) ?? status);
    t.ok(dressed(status).status < 500);
  }
});

t.test('a carrier stands for one status, and is none that a decision means by itself', async (t) => {
  const carriers = [...CARRIERS.values()];
  t.equal(new Set(carriers).size, carriers.length);
  for (const carrier of carriers) t.equal((STATUSES as readonly number[]).includes(carrier), false);
});
