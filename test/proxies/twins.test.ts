import { readFile } from 'node:fs/promises';
import t from 'tap';
import { parse } from 'yaml';
import { ENVOY_GRPC_CONFIG, ENVOY_HTTP_CONFIG } from '../helpers/proxies.js';

/** One value of a configuration, in the order of the file. List members go by their names. */
interface Leaf {
  readonly path: string;
  readonly value: unknown;
}

const MANAGER =
  'static_resources.listeners.aviso.filter_chains.*.filters.http_connection_manager.typed_config';
const CHECK = `${MANAGER}.http_filters.ext_authz.typed_config`;
const ROUTES = `${MANAGER}.route_config.virtual_hosts.aviso.routes`;
const MAPPERS = `${MANAGER}.local_reply_config.mappers`;
const CLUSTER = 'static_resources.clusters.authz';

/** Where the two may differ, and why. Whatever is in one of them only, or not the same, and not here, is a mistake. */
const DIFFERENCES = {
  [`${CHECK}.http_service`]: 'the transport itself',
  [`${CHECK}.grpc_service`]: 'the transport itself',
  [`${CHECK}.allowed_headers.patterns.authorization`]: 'over HTTP it is always sent',
  [`${CHECK}.validate_mutations`]: 'over HTTP, Envoy’s parser has seen the headers of an answer already',
  [`${CHECK}.decoder_header_mutation_rules`]: 'over HTTP it is allowed_upstream_headers',
  [`${ROUTES}.watch.typed_per_filter_config`]: 'context_extensions do not travel over HTTP',
  [`${ROUTES}.replay.typed_per_filter_config`]: 'context_extensions do not travel over HTTP',
  [`${MAPPERS}.c424`]: 'over gRPC a 503 travels as it is',
  [`${MAPPERS}.c423`]: 'over gRPC a 500 travels as it is',
  [`${MAPPERS}.failed`]: 'over HTTP every 5xx is a failed check',
  [`${MAPPERS}.code_details`]: 'over gRPC a 5xx may be the authorizer’s own',
  [`${CLUSTER}.typed_extension_protocol_options.envoy.extensions.upstreams.http.v3.HttpProtocolOptions.explicit_http_config`]:
    'HTTP/1.1 and HTTP/2',
  [`${CLUSTER}.load_assignment.endpoints.*.lb_endpoints.*.endpoint.address.socket_address.port_value`]:
    'sidecar.http and sidecar.grpc',
};

const http = leaves(parse(await readFile(ENVOY_HTTP_CONFIG, 'utf8'), { maxAliasCount: -1 }));
const grpc = leaves(parse(await readFile(ENVOY_GRPC_CONFIG, 'utf8'), { maxAliasCount: -1 }));

t.test('Envoy’s two configurations differ where their transports do, and nowhere else', async (t) => {
  t.ok(http.length > 200, 'there is something to look at');
  t.same(grpc.filter(isCommon).map(text), http.filter(isCommon).map(text));
});

t.test('every difference that is listed is one', async (t) => {
  for (const path of Object.keys(DIFFERENCES)) {
    t.not(below(path, grpc).join('\n'), below(path, http).join('\n'), path);
  }
});

t.test('what is spelled differently says the same', async (t) => {
  const time = valueAt(`${CHECK}.http_service.server_uri.timeout`, http);
  t.equal(valueAt(`${CHECK}.grpc_service.timeout`, grpc), time, 'how long a check may take');
  const rule = new RegExp(
    `^(${valueAt(`${CHECK}.decoder_header_mutation_rules.allow_expression.regex`, grpc)})$`,
  );
  const settable = `${CHECK}.http_service.authorization_response.allowed_upstream_headers.patterns`;
  const names = http.filter(({ path }) => path.startsWith(settable)).map(({ value }) => String(value));
  t.ok(names.length > 0 && names.every((name) => rule.test(name)), 'what an allow may set');
  t.notOk(
    ['content-length', 'x-request-id', 'cookie'].some((name) => rule.test(name)),
    'and what it may not',
  );
  const failed = [below(`${MAPPERS}.failed`, http), below(`${MAPPERS}.code_details`, grpc)];
  const [overHttp, overGrpc] = failed.map((lines) => lines.filter((line) => !line.startsWith('.filter.')));
  t.same(overGrpc, overHttp, 'what a client gets when the check failed');
});

function text({ path, value }: Leaf): string {
  return `${path} = ${JSON.stringify(value)}`;
}

function isWithin(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(`${prefix}.`);
}

function isCommon({ path }: Leaf): boolean {
  return !Object.keys(DIFFERENCES).some((prefix) => isWithin(path, prefix));
}

function below(prefix: string, all: readonly Leaf[]): string[] {
  return all
    .filter(({ path }) => isWithin(path, prefix))
    .map(({ path, value }) => text({ path: path.slice(prefix.length), value }));
}

function valueAt(path: string, all: readonly Leaf[]): unknown {
  return all.find((leaf) => leaf.path === path)?.value;
}

function leaves(value: unknown, path = ''): Leaf[] {
  if (Array.isArray(value)) return value.flatMap((member) => leaves(member, `${path}.${nameOf(member)}`));
  if (typeof value !== 'object' || value === null) return [{ path, value }];
  const members = Object.entries(value);
  if (members.length === 0) return [{ path, value: {} }];
  return members.flatMap(([key, member]) => leaves(member, path === '' ? key : `${path}.${key}`));
}

/** What tells a member of a list from its neighbours, wherever in the list it stands. */
function nameOf(member: unknown): string {
  const { name, exact, filter } = Object(member);
  if (typeof name === 'string') return name.replace(/^envoy\..*\./, '');
  if (typeof exact === 'string') return exact;
  const said = JSON.stringify(filter ?? '');
  return /"runtime_key":"(\w+)"/.exec(said)?.[1] ?? /code_details/.exec(said)?.[0] ?? '*';
}
