import Fastify from 'fastify';
import t from 'tap';
import { fewAtOnce } from '../../../src/transport/ops/few-at-once.js';
import { statusRoutes } from '../../../src/transport/ops/status.js';
import { diagnose } from '../../../src/triage/diagnose.js';
import { healthy } from '../../triage/healthy.js';

t.test('each request looks anew, and page and JSON say the same', async (t) => {
  const world = { situation: healthy(), looks: 0 };
  const app = Fastify();
  t.teardown(() => app.close());
  app.register(statusRoutes, {
    situation: async () => {
      world.looks += 1;
      return world.situation;
    },
    diagnose,
    page: ({ verdict }, { version }) => `<p>${verdict} ${version}`,
    pagePolicy: "default-src 'none'",
    few: fewAtOnce(),
  });
  t.equal((await app.inject('/status')).body, '<p>healthy 1.2.3');
  world.situation = healthy({ gatedEventTypes: 0 });
  t.equal((await app.inject('/status')).body, '<p>trouble 1.2.3');
  t.equal((await app.inject('/status')).headers['content-security-policy'], "default-src 'none'");
  const report = (await app.inject('/status.json')).json();
  const diagnosis = JSON.parse(JSON.stringify(diagnose(world.situation)));
  t.same(report, { diagnosis, situation: world.situation });
  t.equal(world.looks, 4);
  for (const url of ['/status', '/status.json'])
    t.equal((await app.inject({ method: 'POST', url })).statusCode, 404);
});
