import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import t, { type Test } from 'tap';
import { refusedUrl, startServer } from '../helpers/http-server.js';
import { ENVOY_GRPC_CONFIG, ENVOY_HTTP_CONFIG, missing, startEnvoy } from '../helpers/proxies.js';
import { FOREIGN } from './series.js';

const skip = await missing('envoy');
const ENVOY = Object.entries(FOREIGN).filter(([, { owner }]) => owner === 'Envoy');
const portOf = (url: string): number => Number(new URL(url).port);

interface Bench {
  /** Sends one read to a gated route; gives the status. */
  read(route: 'watch' | 'replay', user?: string): Promise<number>;
  /** The value of a series, or null when there is none. */
  count(series: string): Promise<number | null>;
}

/** Envoy with a configuration, an Aviso behind it, and an authorizer or none. */
async function bench(t: Test, configPath: string, sidecarUrl: string): Promise<Bench> {
  const aviso = await startServer((_, response) => response.end('{}'));
  t.teardown(() => aviso.close());
  const envoy = await startEnvoy({
    sidecarPort: portOf(sidecarUrl),
    gatewayPort: portOf(aviso.url),
    configPath,
  });
  t.teardown(() => envoy.stop());
  return {
    async read(route, user = 'alice') {
      const headers = { authorization: `Bearer ${user}` };
      const url = `http://127.0.0.1:${envoy.port}/api/v1/${route}`;
      return (await fetch(url, { method: 'POST', body: '{}', headers })).status;
    },
    async count(series) {
      const text = await (await fetch(`http://127.0.0.1:${envoy.adminPort}/stats/prometheus`)).text();
      const line = text.split('\n').find((line) => line.startsWith(`${series} `));
      return line === undefined ? null : Number(line.slice(series.length));
    },
  };
}

const ERRORS = 'envoy_http_ext_authz_error{envoy_http_conn_manager_prefix="aviso"}';
const OPENED = 'envoy_http_ext_authz_failure_mode_allowed{envoy_http_conn_manager_prefix="aviso"}';
const passed = (route: string): string =>
  `envoy_vhost_route_upstream_rq_total{envoy_virtual_host="aviso",envoy_route="${route}"}`;

for (const configPath of [ENVOY_HTTP_CONFIG, ENVOY_GRPC_CONFIG]) {
  const name = basename(configPath);

  t.test(`${name}: a real Envoy has every series that rules name, with its labels`, { skip }, async (t) => {
    const { read, count } = await bench(t, configPath, await refusedUrl());
    t.equal(await read('watch'), 503);
    t.equal(await read('replay'), 503);
    for (const [series, { samples }] of ENVOY) {
      for (const labels of samples) {
        const text = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
        t.type(await count(`${series}{${text.join(',')}}`), 'number', `${series}{${text.join(',')}}`);
      }
    }
    t.equal(await count(ERRORS), 2);
    t.equal(await count(OPENED), 0);
    t.equal(await count(passed('watch')), 0, 'what is refused has not passed');
  });

  t.test(`${name}: made to fail open, it counts what nobody checked`, { skip }, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'authz-open-'));
    t.teardown(() => rm(folder, { recursive: true, force: true }));
    const [shut, open] = ['failure_mode_allow: false', 'failure_mode_allow: true'];
    const shipped = await readFile(configPath, 'utf8');
    t.ok(shipped.includes(shut));
    await writeFile(join(folder, name), shipped.replace(shut, open));
    const { read, count } = await bench(t, join(folder, name), await refusedUrl());
    for (const route of ['watch', 'watch', 'replay'] as const) t.equal(await read(route), 200);
    t.equal(await count(OPENED), 3);
    t.equal(await count(passed('watch')), 2);
    t.equal(await count(passed('replay')), 1);
  });
}

t.test('what an authorizer allowed has passed, and what it denied has not', { skip }, async (t) => {
  const authorizer = await startServer((request, response) => {
    response.writeHead(request.headers.authorization === 'Bearer alice' ? 200 : 403).end();
  });
  t.teardown(() => authorizer.close());
  const { read, count } = await bench(t, ENVOY_HTTP_CONFIG, authorizer.url);
  t.equal(await read('watch'), 200);
  t.equal(await read('replay'), 200);
  t.equal(await read('watch', 'bob'), 403);
  t.equal(await count(passed('watch')), 1);
  t.equal(await count(passed('replay')), 1);
  t.equal(await count(ERRORS), 0);
});
