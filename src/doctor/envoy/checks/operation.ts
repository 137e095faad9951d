import { servicesOf } from '../gateway.js';
import { type EnvoyCheck, flaw, said, unless, unlessOn } from './check.js';
import { idleTimeout } from './service.js';

/** Aviso's server closes a connection after so many idle seconds. */
const AVISO_IDLE_SECONDS = 5;
/** Headers of a request that the authorizer accepts, in KiB. */
const HEADERS_KB = 64;

/** Filters that may change a request in any way. */
const CHANGING = new Set(['Lua', 'Wasm', 'ExternalProcessor', 'Decompressor', 'GrpcJsonTranscoder']);

/** Secrets, load, and who may reach what. */
export const OPERATION: readonly EnvoyCheck[] = [
  {
    name: 'authorization_logged',
    severity: 'opens',
    flaw: 'an access log writes `Authorization`',
    consequence: 'whoever reads the log can be any user until their token expires',
    find: ({ managers, resources }) =>
      [...managers.map(({ config }) => config), ...resources.listeners]
        .flatMap((part) => [part.at('access_log'), part.at('access_log_options')])
        .flatMap((part) => part.texts)
        .filter(({ text }) =>
          /%(REQ|REQ_WITHOUT_QUERY)\(AUTHORIZATION|request\.headers\[.authorization/i.test(text ?? ''),
        )
        .map((part) => flaw(part, 'writes the token of every request', 'a format without it')),
  },
  {
    name: 'filters_after_check',
    severity: 'advice',
    flaw: 'a filter after `ext_authz` that can change what was checked (Lua, WebAssembly, `ext_proc`, decompressor, transcoder)',
    consequence: 'Aviso may read another path, token or body than the authorizer',
    find: ({ guarded }) =>
      guarded.flatMap(({ filters }) =>
        filters
          .slice(filters.findIndex(({ type }) => type === 'ExtAuthz'))
          .filter(({ type }) => CHANGING.has(type))
          .map(({ entry }) => flaw(entry, 'stands after the check', 'the filter before `ext_authz`')),
      ),
  },
  {
    name: 'admin_address',
    severity: 'breaks',
    flaw: 'the admin interface listens on more than loopback',
    consequence: 'whoever reaches it can stop Envoy, change its runtime and dump its configuration',
    find: ({ resources }) =>
      resources.bootstraps.flatMap((bootstrap) => {
        const address = bootstrap.at('admin', 'address', 'socket_address', 'address');
        const isLocal = !address.isThere || /^(127\.|::1$|localhost$)/.test(address.text ?? '');
        return unless(isLocal, address, said(address), '`address: 127.0.0.1`');
      }),
  },
  {
    name: 'use_remote_address',
    severity: 'advice',
    flaw: '`use_remote_address` is not `true`',
    consequence: 'what a client says in `X-Forwarded-For` is believed',
    find: ({ guarded }) =>
      guarded.flatMap(({ config }) =>
        unlessOn(config.at('use_remote_address'), '`use_remote_address: true`'),
      ),
  },
  {
    name: 'max_request_headers_kb',
    severity: 'advice',
    flaw: `\`max_request_headers_kb\` above ${HEADERS_KB}`,
    consequence: 'Envoy accepts headers that the authorizer or Aviso then refuses in their own words',
    find: ({ guarded }) =>
      guarded.flatMap(({ config }) => {
        const part = config.at('max_request_headers_kb');
        return unless((part.number ?? 0) <= HEADERS_KB, part, said(part), '`max_request_headers_kb: 60`');
      }),
  },
  {
    name: 'circuit_breakers',
    severity: 'advice',
    flaw: 'the clusters of Aviso and of the authorizer have no `circuit_breakers` above the default of 1024',
    consequence: 'the 1025th open stream, or as many clients that reconnect at once, get 503',
    find: (gateway) => {
      const asked = servicesOf(gateway).flatMap(({ cluster }) => cluster.text ?? []);
      const names = gateway.guarded.length === 0 ? [] : new Set([...asked, ...gateway.aviso]);
      return [...names].flatMap((name) => {
        const cluster = gateway.clusters.named(name);
        if (cluster === null) return [];
        const [threshold] = cluster.at('circuit_breakers', 'thresholds').items;
        const limits = ['max_connections', 'max_pending_requests', 'max_requests'];
        const fine = limits.every((limit) => (threshold?.at(limit).number ?? 0) > 1024);
        return unless(
          fine,
          cluster.at('circuit_breakers'),
          `leaves \`${name}\` at 1024`,
          `${limits.map((limit) => `\`${limit}: 20000\``).join(', ')}`,
        );
      });
    },
  },
  {
    name: 'aviso_idle_timeout',
    severity: 'advice',
    flaw: `connections to Aviso are kept longer than the ${AVISO_IDLE_SECONDS} s after which it closes them`,
    consequence: 'now and then a request meets a connection that is just closing: 503',
    find: (gateway) =>
      [...(gateway.guarded.length === 0 ? [] : gateway.aviso)].flatMap((name) => {
        const cluster = gateway.clusters.named(name);
        if (cluster === null) return [];
        const idle = idleTimeout(cluster);
        const fine = (idle.seconds ?? 0) > 0 && (idle.seconds ?? 0) < AVISO_IDLE_SECONDS;
        return unless(fine, idle, said(idle), '`idle_timeout: 4s`');
      }),
  },
  {
    name: 'connection_limit',
    severity: 'advice',
    flaw: 'no `overload_manager` with a limit for connections',
    consequence: 'nothing bounds the memory that connections take',
    find: ({ resources, guarded }) =>
      guarded.length === 0
        ? []
        : resources.bootstraps.flatMap((bootstrap) => {
            const monitors = bootstrap.at('overload_manager', 'resource_monitors');
            const fine = monitors.items.some(({ texts }) =>
              texts.some(
                ({ text }) =>
                  text?.includes('downstream_max_connections') ||
                  text?.includes('DownstreamConnectionsConfig'),
              ),
            );
            return unless(
              fine,
              bootstrap.at('overload_manager'),
              'sets no limit',
              '`envoy.resource_monitors.global_downstream_max_connections`, as shipped',
            );
          }),
  },
];
