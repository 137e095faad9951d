import { readFileSync } from 'node:fs';
import t from 'tap';
import { stringify } from 'yaml';
import { ENVOY_CHECKS } from '../../src/doctor/envoy/checks/all.js';
import { diagnoseEnvoy } from '../../src/doctor/envoy/diagnose.js';
import type { Budget, Finding } from '../../src/doctor/finding.js';
import { DEADLINE_SHARE } from '../../src/transport/deadline.js';
import { ENVOY_HTTP_CONFIG } from '../helpers/proxies.js';
import { type Edit, edited, type Json, type Kind, shipped } from './edits.js';
import { listener, MUTATIONS } from './envoy-mutations.js';

const BOTH: readonly Kind[] = ['http', 'grpc'];
const BUDGET: Budget = { requestTimeoutSeconds: 30, deadlineShare: DEADLINE_SHARE };

function findings(document: unknown, budget = BUDGET): readonly Finding[] {
  const result = diagnoseEnvoy([{ file: 'envoy.yaml', text: stringify(document) }], budget);
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.value;
}

const namesOf = (found: readonly Finding[]): string[] => [...new Set(found.map(({ check }) => check))].sort();

for (const kind of BOTH) {
  t.test(`nothing is found in the shipped configuration, over ${kind}`, async (t) => {
    t.same(findings(shipped(kind)), []);
  });
}

for (const { check, title, edits, also = [], kinds = BOTH } of MUTATIONS) {
  t.test(`${check}: ${title}`, async (t) => {
    for (const kind of kinds) {
      const found = findings(edited(kind, edits));
      t.same(namesOf(found), [check, ...also].sort(), kind);
      for (const { place, problem, cure, consequence } of found) {
        t.ok(place.line > 0 && place.path !== '' && problem !== '' && cure !== '' && consequence !== '');
      }
    }
  });
}

t.test('every check has a way to break the configuration that it finds', async (t) => {
  const broken = new Set(MUTATIONS.map(({ check }) => check));
  const names = ENVOY_CHECKS.map(({ name }) => name);
  t.equal(new Set(names).size, names.length, 'no name is there twice');
  t.same(
    names.filter((name) => !broken.has(name)),
    ['envoy_1_37_0'],
    'which a file cannot show: see below',
  );
});

t.test('names in camelCase, JSON and TypedStruct are read as what they mean', async (t) => {
  const camel = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(camel);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, of]) => [camelName(name), camel(of)]));
  };
  const camelName = (name: string): string =>
    /^[a-z0-9_]+$/.test(name) ? name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()) : name;
  for (const kind of BOTH) {
    const text = JSON.stringify(camel(shipped(kind)));
    t.match(text, /"failureModeAllow":false/);
    t.same(diagnoseEnvoy([{ file: 'envoy.json', text }], BUDGET), { ok: true, value: [] }, kind);
    const open = text.replace('"failureModeAllow":false', '"failureModeAllow":true');
    const found = diagnoseEnvoy([{ file: 'envoy.json', text: open }], BUDGET);
    t.match(found, { ok: true, value: [{ check: 'failure_mode_allow', place: { file: 'envoy.json' } }] });
  }
  const document = JSON.stringify(edited('http', [['check/failure_mode_allow', true]]));
  const type = 'type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthz';
  const wrapped = JSON.parse(document, (_, value) => {
    if (value?.['@type'] !== type) return value;
    const { '@type': type_url, ...rest } = value;
    return { '@type': 'type.googleapis.com/xds.type.v3.TypedStruct', type_url, value: rest };
  });
  t.same(namesOf(findings(wrapped)), ['failure_mode_allow']);
});

t.test('a finding says where: file, line and path', async (t) => {
  const text = readFileSync(ENVOY_HTTP_CONFIG, 'utf8').replace(
    'failure_mode_allow: false',
    'failure_mode_allow: on',
  );
  const lines = text.split('\n');
  const line = lines.findIndex((one) => one.includes('failure_mode_allow')) + 1;
  const found = diagnoseEnvoy([{ file: 'a/envoy.yaml', text }], BUDGET);
  const path =
    'static_resources.listeners[0].filter_chains[0].filters[0].typed_config.http_filters[1].typed_config.failure_mode_allow';
  t.match(found, { ok: true, value: [{ place: { file: 'a/envoy.yaml', line, path }, problem: 'is on' }] });
});

t.test('what is in an alias is found at its anchor', async (t) => {
  const text = readFileSync(ENVOY_HTTP_CONFIG, 'utf8').replace('timeout: 0s #', 'timeout: 15s #');
  const found = diagnoseEnvoy([{ file: 'envoy.yaml', text }], BUDGET);
  if (!found.ok) throw new Error('unreadable');
  const at = text.split('\n').findIndex((line) => line.includes('timeout: 15s #')) + 1;
  t.same(
    found.value.map(({ check, place }) => [check, place.line, place.path.split('.').slice(-3).join('.')]),
    [
      ['route_timeout', at, 'routes[0].route.timeout'],
      ['route_timeout', at, 'routes[1].route.timeout'],
    ],
  );
});

t.test('the time for a check follows that of ECPDS', async (t) => {
  const asking = (requestTimeoutSeconds: number) =>
    findings(shipped('grpc'), { ...BUDGET, requestTimeoutSeconds }).map(({ check, cure }) => [check, cure]);
  t.match(asking(45), [['authz_timeout', '`timeout: 50s` (ecpds.request_timeout_seconds is 45)']]);
  t.match(asking(90)[0], ['authz_timeout', /`timeout: 100s`/], 'of which the authorizer takes 90 %');
  t.same(asking(31), [['authz_timeout_margin', '`timeout: 36s` (ecpds.request_timeout_seconds is 31)']]);
});

/** A shipped configuration, its routes in a file of their own, as the file system's xDS has them. */
function inTwoFiles(): { readonly main: string; readonly routes: string } {
  const document = edited('http', [
    [
      'manager/rds',
      { route_config_name: 'aviso', config_source: { path_config_source: { path: 'routes.yaml' } } },
    ],
  ]);
  const manager = Object(document).static_resources.listeners[0].filter_chains[0].filters[0].typed_config;
  const { route_config, ...rest } = manager;
  Object(document).static_resources.listeners[0].filter_chains[0].filters[0].typed_config = rest;
  const resource = {
    '@type': 'type.googleapis.com/envoy.config.route.v3.RouteConfiguration',
    ...route_config,
  };
  return { main: stringify(document), routes: stringify({ resources: [resource] }) };
}

t.test('routes may be in a second file', async (t) => {
  const { main, routes } = inTwoFiles();
  const both = (text: string) =>
    diagnoseEnvoy(
      [
        { file: 'envoy.yaml', text: main },
        { file: 'routes.yaml', text },
      ],
      BUDGET,
    );
  t.same(both(routes), { ok: true, value: [] });
  const off = both(routes.replace('timeout: 0s', 'timeout: 1s'));
  t.match(off, { ok: true, value: [{ check: 'route_timeout', place: { file: 'routes.yaml' } }] });
});

t.test('a dump that says 1.37.0 is told so, over HTTP', async (t) => {
  const dump = (kind: Kind, patch: number) => ({
    configs: [
      {
        '@type': 'type.googleapis.com/envoy.admin.v3.BootstrapConfigDump',
        bootstrap: {
          node: { user_agent_build_version: { version: { major_number: 1, minor_number: 37, patch } } },
          overload_manager: Object(shipped(kind)).overload_manager,
        },
      },
      {
        '@type': 'type.googleapis.com/envoy.admin.v3.ListenersConfigDump',
        static_listeners: [{ listener: Object(shipped(kind)).static_resources.listeners[0] }],
      },
      {
        '@type': 'type.googleapis.com/envoy.admin.v3.ClustersConfigDump',
        static_clusters: Object(shipped(kind)).static_resources.clusters.map((cluster: Json) => ({
          cluster,
        })),
      },
    ],
  });
  t.same(namesOf(findings(dump('http', 0))), ['envoy_1_37_0']);
  t.same(findings(dump('http', 1)), []);
  t.same(findings(dump('grpc', 0)), []);
});

t.test('a file that says nothing about a gate is refused, and nothing of it is shown', async (t) => {
  const refused = (text: string) => diagnoseEnvoy([{ file: 'f', text }], BUDGET);
  const secret = 'password: "hunter2';
  t.match(refused(secret), { ok: false, failure: [{ file: 'f', line: 1, reason: /not valid YAML/ }] });
  t.notMatch(JSON.stringify(refused(secret)), /hunter2/);
  t.match(refused('a: 1\nb: 2\na: 3'), { ok: false, failure: [{ line: 3, reason: /gives a key twice/ }] });
  t.match(refused('failure_mode_allow: 1\nfailureModeAllow: 2'), { ok: false, failure: [{ line: 2 }] });
  t.match(refused('a: *b'), { ok: false });
  t.match(refused('- a'), { ok: false, failure: [{ reason: /does not hold a map/ }] });
  t.match(refused(''), { ok: false });
  t.match(refused('static_resources: {}'), { ok: false, failure: [{ reason: /no `ext_authz` filter/ }] });
  const laughs = Array.from(
    { length: 12 },
    (_, i) => `l${i}: &l${i} [${Array(10).fill(i === 0 ? 'x' : `*l${i - 1}`)}]`,
  );
  t.match(refused(laughs.join('\n')), { ok: false, failure: [{ reason: /too many values/ }] });
});

t.test('listeners that have nothing to do with Aviso are left alone', async (t) => {
  const website: Json = {
    name: 'website',
    load_assignment: {
      cluster_name: 'website',
      endpoints: [
        {
          lb_endpoints: [
            { endpoint: { address: { socket_address: { address: '127.0.0.1', port_value: 3000 } } } },
          ],
        },
      ],
    },
  };
  const edits: readonly Edit[] = [
    ['static_resources/clusters/+', website],
    ['static_resources/listeners/+', listener('website')],
  ];
  for (const kind of BOTH) t.same(findings(edited(kind, edits)), [], kind);
});

t.test('the setting nearest to a route decides, as a real Envoy was seen to have it', async (t) => {
  const type = 'type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthzPerRoute';
  const name = 'envoy.filters.http.ext_authz';
  const on: Json = { [name]: { '@type': type, check_settings: {} } };
  const off: Json = { [name]: { '@type': type, disabled: true } };
  const unchecked = (...edits: readonly Edit[]) =>
    findings(edited('http', edits)).map(({ check, problem }) => [check, problem]);
  const replay = [['route_unchecked', 'switches the check off for /api/v1/replay']];
  t.same(unchecked(['host/typed_per_filter_config', off], ['watch/typed_per_filter_config', on]), replay);
  t.same(unchecked(['filter/disabled', true], ['watch/typed_per_filter_config', on]), replay);
});
