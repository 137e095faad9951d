import t from 'tap';
import { startApp } from './helpers/app.js';
import { active, SERVICE, startEcpds } from './helpers/ecpds.js';
import { JWT_SECRET } from './helpers/tokens.js';

const RECHECK_TOKEN = 'a-recheck-token-of-some-length';

t.test(
  '/status and /status.json tell how the process stands, and no secret and no name of a user',
  async (t) => {
    const ecpds = await startEcpds({ 'alice-reads': active('CIP') });
    ecpds.userFaults.set('bob-fails', { kind: 'body', body: '{"said-by-ecpds' });
    const app = await startApp({ ecpds: [ecpds], sidecar: { recheck_token: RECHECK_TOKEN } });
    t.teardown(() => Promise.all([app.close(), ecpds.close()]));
    t.equal(await app.watch('alice-reads'), 200);
    t.equal(await app.watch('alice-reads'), 200);
    t.equal(await app.watch('carol-may-not', 'SECRET-DESTINATION'), 403);
    t.equal(await app.watch('bob-fails'), 503);
    app.clock.advance(2_500);

    const json = await fetch(`${app.admin}/status.json`);
    const page = await fetch(`${app.admin}/status`);
    const texts = [await json.text(), await page.text()] as const;
    t.match(JSON.parse(texts[0]), {
      diagnosis: {
        verdict: 'trouble',
        findings: [{ symptom: 'no_verdict' }, { symptom: 'not_on_the_list' }],
      },
      situation: {
        at: /^20\d\d-\d\d-\d\dT/,
        version: String,
        hostname: String,
        uptimeSeconds: 2.5,
        readiness: { ready: true, reason: null },
        gatedEventTypes: 1,
        recent: {
          seconds: 2.5,
          decisions: { allow: 2, deny_destination: 1, unavailable: 1 },
          fetches: { success: 2, invalid_response: 1 },
          cacheHits: 1,
          cacheMisses: 3,
          authRequests: { 'trusted_proxy success': 4 },
          statuses: { '200': 2, '403': 1, '503': 1 },
        },
        servers: [
          {
            index: 0,
            server: `${ecpds.url}/`,
            failure: { outcome: 'invalid_response', error: /^not JSON/, forSeconds: 2.5 },
            circuitOpen: false,
            inFlight: 0,
            queued: 0,
          },
        ],
        providers: [],
        cache: { size: 2, maxEntries: 10_000, ttlSeconds: 300 },
        distinctUsers: { allow: 1, deny_destination: 1, unavailable: 1, error: 0 },
        configuration: { auth: { jwt_secret: '[redacted]' }, ecpds: { match_key: 'destination' } },
        configurationFiles: [/^\/.*config\.yaml$/],
      },
    });
    t.match(texts[1], /^<!DOCTYPE html>[\s\S]*503: ECPDS gives no verdict/);

    t.match(json.headers.get('content-type'), /^application\/json/);
    t.match(page.headers.get('content-type'), /^text\/html; charset=utf-8/);
    t.match(page.headers.get('content-security-policy'), /^default-src 'none';/);
    for (const { headers } of [json, page]) {
      t.equal(headers.get('cache-control'), 'no-store');
      t.equal(headers.get('x-content-type-options'), 'nosniff');
    }
    const secrets = [
      SERVICE.password,
      SERVICE.username,
      JWT_SECRET,
      RECHECK_TOKEN,
      'Bearer ey',
      'said-by-ecpds',
    ];
    for (const text of texts)
      for (const secret of [...secrets, 'alice-reads', 'bob-fails', 'carol-may-not', 'SECRET-DESTINATION'])
        t.notOk(text.includes(secret), secret);
  },
);
