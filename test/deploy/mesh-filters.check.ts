import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
import { CASES } from '../contract/cases.js';
import { expectationOf, send } from '../contract/client.js';
import { startWorld } from '../contract/world.js';
import { DEPLOY, kustomize, objectsOf, one } from '../helpers/deploy.js';
import { startGateway } from '../helpers/gateway.js';
import { ENVOY_GRPC_CONFIG, ENVOY_HTTP_CONFIG, startEnvoy } from '../helpers/proxies.js';

/** The `ext_authz` filter that a gateway makes of an example, and the shipped configuration it is tried in. */
interface Mesh {
  readonly name: string;
  readonly base: string;
  readonly transport: 'envoy_http' | 'envoy_grpc';
  readonly filter: Readonly<Record<string, unknown>>;
  /** What a client gets in place of a status of the authorizer's. */
  readonly seen: ReadonlyMap<number, number>;
}

const EXT_AUTHZ = 'type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthz';

/** As Envoy Gateway 1.9.1 translates `extAuth` (internal/xds/translator/extauth.go). */
function byEnvoyGateway(): Mesh {
  const { extAuth } = one(objectsOf(kustomize(join(DEPLOY, 'envoy-gateway'))), 'SecurityPolicy').spec as {
    extAuth: {
      failOpen: boolean;
      statusOnError: number;
      timeout: string;
      headersToExtAuth: string[];
      bodyToExtAuth: { maxRequestBytes: number };
      http: { path?: string; headersToBackend: string[] };
    };
  };
  const exact = (names: readonly string[]) => names.map((name) => ({ exact: name, ignore_case: true }));
  const filter = {
    '@type': EXT_AUTHZ,
    transport_api_version: 'V3',
    failure_mode_allow: extAuth.failOpen,
    status_on_error: { code: extAuth.statusOnError },
    with_request_body: { max_request_bytes: extAuth.bodyToExtAuth.maxRequestBytes },
    allowed_headers: { patterns: exact(extAuth.headersToExtAuth) },
    http_service: {
      server_uri: { uri: 'http://aviso-authz', cluster: 'authz', timeout: extAuth.timeout },
      ...(extAuth.http.path === undefined ? {} : { path_prefix: extAuth.http.path }),
      authorization_response: {
        allowed_upstream_headers: { patterns: exact(extAuth.http.headersToBackend) },
      },
    },
  };
  return {
    name: 'Envoy Gateway',
    base: ENVOY_HTTP_CONFIG,
    transport: 'envoy_http',
    filter,
    seen: new Map([[500, 503]]), // a fault of the authorizer's counts as no answer of it
  };
}

/** As a provider of Istio is to be read by its documented fields; its own translation was not read. */
async function byIstio(): Promise<Mesh> {
  const text = await readFile(join(DEPLOY, 'istio/mesh-config.yaml'), 'utf8');
  const [{ envoyExtAuthzGrpc: provider }] = parse(text).meshConfig.extensionProviders;
  const filter = {
    '@type': EXT_AUTHZ,
    transport_api_version: 'V3',
    failure_mode_allow: provider.failOpen,
    status_on_error: { code: Number(provider.statusOnError) },
    with_request_body: {
      max_request_bytes: provider.includeRequestBodyInCheck.maxRequestBytes,
      allow_partial_message: provider.includeRequestBodyInCheck.allowPartialMessage,
      pack_as_bytes: provider.includeRequestBodyInCheck.packAsBytes,
    },
    grpc_service: { envoy_grpc: { cluster_name: 'authz' }, timeout: provider.timeout },
  };
  return { name: 'Istio', base: ENVOY_GRPC_CONFIG, transport: 'envoy_grpc', filter, seen: new Map() };
}

/** The shipped configuration with another filter, one route for everything, and answers as Envoy makes them. */
function withFilter(text: string, { filter }: Mesh): string {
  const between = (from: string, to: string, by: string) => (before: string) => {
    const [start, end] = [before.indexOf(from), before.indexOf(to)];
    if (start < 0 || end < start) throw new Error(`no ${from} before ${to}`);
    return before.slice(0, start) + by + before.slice(end);
  };
  const route = '{ cluster: aviso, timeout: 0s, max_stream_duration: { max_stream_duration: 3660s } }';
  return [
    between(
      '                      routes:\n',
      '                http_filters:',
      `                      routes: [{ match: { prefix: / }, route: ${route} }]\n\n`,
    ),
    between(
      '                  - name: envoy.filters.http.ext_authz\n',
      '                  - name: envoy.filters.http.router',
      `                  - { name: envoy.filters.http.ext_authz, typed_config: ${JSON.stringify(filter)} }\n\n`,
    ),
    between('                local_reply_config:', '  clusters:', '\n'),
  ].reduce((before, edit) => edit(before), text);
}

for (const mesh of [byEnvoyGateway(), await byIstio()]) {
  t.test(`${mesh.name}: over a real Envoy, every case of the contract gets its status`, async (t) => {
    const world = await startWorld();
    const gateway = await startGateway();
    const folder = await mkdtemp(join(tmpdir(), 'authz-mesh-'));
    const configPath = join(folder, 'envoy.yaml');
    await writeFile(configPath, withFilter(await readFile(mesh.base, 'utf8'), mesh));
    const sidecarPort = mesh.transport === 'envoy_http' ? world.port : world.grpcPort;
    const envoy = await startEnvoy({ configPath, sidecarPort, gatewayPort: gateway.port });
    let isUp = true;
    t.teardown(async () => {
      if (isUp) await world.close();
      await envoy.stop();
      await gateway.stop();
      await rm(folder, { recursive: true });
    });
    for (const test of CASES) {
      const { status } = expectationOf(test, mesh.transport);
      const seen = await send(test, envoy.port);
      t.equal(seen.status, mesh.seen.get(status) ?? status, test.name);
    }
    await world.close();
    isUp = false;
    const [allowed] = CASES.filter((test) => expectationOf(test, mesh.transport).status === 200);
    if (allowed === undefined) throw new Error('nothing is ever allowed');
    t.equal((await send(allowed, envoy.port)).status, 503, 'no authorizer, no answer');
  });
}
