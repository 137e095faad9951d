import type { Edit, Json, Kind } from './edits.js';

/** A shipped configuration broken in one way. */
export interface Mutation {
  /** The check that has to find it. */
  readonly check: string;
  readonly title: string;
  readonly edits: readonly Edit[];
  /** Both, unless given. */
  readonly kinds?: readonly Kind[];
  /** Other checks that find it as well, for a reason. */
  readonly also?: readonly string[];
}

const NAME = 'envoy.filters.http.ext_authz';
const type = (name: string): string => `type.googleapis.com/envoy.${name}`;
const PER_ROUTE = type('extensions.filters.http.ext_authz.v3.ExtAuthzPerRoute');
const off = { [NAME]: { '@type': PER_ROUTE, disabled: true } };
const settings = (check_settings: Json): Json => ({ [NAME]: { '@type': PER_ROUTE, check_settings } });
const filterOff = (name: string): Json => ({
  [name]: { '@type': type('config.route.v3.FilterConfig'), disabled: true },
});
const HTTP = ['http'] as const;
const GRPC = ['grpc'] as const;

/** A filter chain that leads to a cluster, without the filter. */
const chain = (cluster: string, prefix = '/'): Json => ({
  filters: [
    {
      name: 'hcm',
      typed_config: {
        '@type': type('extensions.filters.network.http_connection_manager.v3.HttpConnectionManager'),
        stat_prefix: 'second',
        route_config: {
          virtual_hosts: [
            { name: 'all', domains: ['*'], routes: [{ match: { prefix }, route: { cluster } }] },
          ],
        },
        http_filters: [
          { name: 'router', typed_config: { '@type': type('extensions.filters.http.router.v3.Router') } },
        ],
      },
    },
  ],
});

const endpoint = (address: string): Json => ({
  endpoint: { address: { socket_address: { address, port_value: 9002 } } },
});
const SEVERAL: Json = [{ lb_endpoints: [endpoint('127.0.0.1'), endpoint('127.0.0.2')] }];
const LOOKS: Json = [
  {
    timeout: '1s',
    interval: '1s',
    unhealthy_threshold: 1,
    healthy_threshold: 1,
    http_health_check: { path: '/readyz' },
  },
];

/** A second listener with such a chain. */
export const listener = (cluster: string): Json => ({
  name: 'second',
  address: { socket_address: { address: '127.0.0.1', port_value: 0 } },
  filter_chains: [chain(cluster)],
});
const tcpListener: Json = {
  name: 'tcp',
  address: { socket_address: { address: '127.0.0.1', port_value: 0 } },
  filter_chains: [
    {
      filters: [
        {
          name: 'tcp',
          typed_config: {
            '@type': type('extensions.filters.network.tcp_proxy.v3.TcpProxy'),
            stat_prefix: 'tcp',
            cluster: 'aviso',
          },
        },
      ],
    },
  ],
};
const twin: Json = {
  name: 'twin',
  type: 'STRICT_DNS',
  load_assignment: {
    cluster_name: 'twin',
    endpoints: [
      {
        lb_endpoints: [
          { endpoint: { address: { socket_address: { address: 'localhost', port_value: 8000 } } } },
        ],
      },
    ],
  },
};

const GATE: readonly Mutation[] = [
  { check: 'ext_authz_missing', title: 'without the filter', edits: [['manager/http_filters/1', undefined]] },
  {
    check: 'ext_authz_missing',
    title: 'a second listener',
    edits: [['static_resources/listeners/+', listener('aviso')]],
  },
  {
    check: 'ext_authz_missing',
    title: 'a second listener, by another name of the same server',
    edits: [
      ['static_resources/clusters/+', twin],
      ['static_resources/listeners/+', listener('twin')],
    ],
    also: ['circuit_breakers', 'aviso_idle_timeout'],
  },
  {
    check: 'ext_authz_missing',
    title: 'a second filter chain',
    edits: [
      [
        'static_resources/listeners/0/filter_chains/+',
        {
          ...Object(chain('aviso', '/api/v1/')),
          filter_chain_match: { source_prefix_ranges: [{ address_prefix: '10.0.0.0', prefix_len: 8 }] },
        },
      ],
    ],
  },
  { check: 'route_unchecked', title: 'disabled on a route', edits: [['watch/typed_per_filter_config', off]] },
  {
    check: 'route_unchecked',
    title: 'disabled on the virtual host',
    edits: [
      ['replay/typed_per_filter_config', undefined],
      ['host/typed_per_filter_config', off],
    ],
    kinds: GRPC,
  },
  {
    check: 'route_unchecked',
    title: 'disabled on the virtual host',
    edits: [['host/typed_per_filter_config', off]],
    kinds: HTTP,
  },
  {
    check: 'route_unchecked',
    title: 'disabled for all routes',
    edits: [['manager/route_config/typed_per_filter_config', off]],
    kinds: HTTP,
  },
  {
    check: 'route_unchecked',
    title: 'disabled with FilterConfig',
    edits: [['replay/typed_per_filter_config', filterOff(NAME)]],
  },
  {
    check: 'route_unchecked',
    title: 'disabled in a weighted cluster',
    edits: [
      ['watch/route/cluster', undefined],
      [
        'watch/route/weighted_clusters',
        { clusters: [{ name: 'aviso', weight: 1, typed_per_filter_config: off }] },
      ],
    ],
  },
  {
    check: 'route_unchecked',
    title: 'the whole filter off',
    edits: [['filter/disabled', true]],
    kinds: HTTP,
  },
  {
    check: 'route_unchecked',
    title: 'an unchecked route before the gated ones',
    edits: [
      [
        'routes/0',
        {
          match: { prefix: '/api/v1/' },
          route: { cluster: 'aviso', timeout: '0s', max_stream_duration: { max_stream_duration: '3660s' } },
          request_headers_to_remove: ['content-encoding'],
          typed_per_filter_config: off,
        },
      ],
    ],
    also: ['unchecked_catch_all'],
  },
  {
    check: 'route_unchecked',
    title: 'an unchecked route for some clients, before the gated one',
    edits: [
      [
        'notification/match',
        { path: '/api/v1/watch', headers: [{ name: 'x-internal', present_match: true }] },
      ],
      [
        'notification/route',
        { cluster: 'aviso', timeout: '0s', max_stream_duration: { max_stream_duration: '3660s' } },
      ],
      ['notification/request_headers_to_remove', ['content-encoding']],
      ['watch/match', { path: '/never' }],
    ],
  },
  {
    check: 'filter_enabled',
    title: 'for half of the requests',
    edits: [['check/filter_enabled', { default_value: { numerator: 50 } }]],
  },
  {
    check: 'filter_enabled',
    title: 'at 100 of 10000',
    edits: [['check/filter_enabled', { default_value: { numerator: 100, denominator: 'TEN_THOUSAND' } }]],
  },
  {
    check: 'filter_enabled',
    title: 'as the runtime says',
    edits: [['check/filter_enabled', { default_value: { numerator: 100 }, runtime_key: 'authz' }]],
  },
  {
    check: 'filter_enabled',
    title: 'by metadata',
    edits: [
      ['check/filter_enabled_metadata', { filter: 'x', path: [{ key: 'a' }], value: { bool_match: true } }],
    ],
  },
  {
    check: 'deny_at_disable',
    title: 'with a share of requests',
    edits: [
      ['check/filter_enabled', { default_value: { numerator: 50 } }],
      ['check/deny_at_disable', { default_value: true, runtime_key: 'deny' }],
    ],
  },
  { check: 'failure_mode_allow', title: 'true', edits: [['check/failure_mode_allow', true]] },
  {
    check: 'failure_mode_allow',
    title: 'yes, which Envoy takes for true',
    edits: [['check/failure_mode_allow', 'yes']],
  },
  { check: 'clear_route_cache', title: 'true', edits: [['check/clear_route_cache', true]] },
  {
    check: 'rewritten_path',
    title: 'an unchecked path becomes watch',
    edits: [['notification/route/prefix_rewrite', '/api/v1/watch']],
  },
  {
    check: 'rewritten_path',
    title: 'a folder becomes all of Aviso',
    edits: [
      ['notification/match', { prefix: '/aviso/' }],
      ['notification/route/prefix_rewrite', '/api/v1/'],
    ],
  },
  {
    check: 'rewritten_path',
    title: 'by a regular expression',
    edits: [
      [
        'notification/route/regex_rewrite',
        { pattern: { regex: '^/api/v1/n.*$' }, substitution: '/api/v1/watch' },
      ],
    ],
  },
  {
    check: 'authorizer_path',
    title: 'a path that is not gated',
    edits: [
      ['check/http_service/path_prefix', undefined],
      ['check/http_service/path_override', '/envoy/api/v1/notification'],
    ],
    kinds: HTTP,
    also: ['path_prefix'],
  },
  {
    check: 'aviso_as_authorizer',
    title: 'over HTTP',
    edits: [['check/http_service/server_uri/cluster', 'aviso']],
    kinds: HTTP,
  },
  {
    check: 'aviso_as_authorizer',
    title: 'over gRPC',
    edits: [['check/grpc_service/envoy_grpc/cluster_name', 'aviso']],
    kinds: GRPC,
    also: ['authz_cluster', 'grpc_keepalive'],
  },
  { check: 'tcp_to_aviso', title: 'a listener', edits: [['static_resources/listeners/+', tcpListener]] },
  {
    check: 'routes_elsewhere',
    title: 'by RDS',
    edits: [
      ['node', { id: 'a', cluster: 'b' }],
      ['manager/route_config', undefined],
      [
        'manager/rds',
        { route_config_name: 'r', config_source: { path_config_source: { path: '/dev/null' } } },
      ],
    ],
  },
  {
    check: 'operation_label',
    title: 'of the other route',
    edits: [['watch/typed_per_filter_config', settings({ context_extensions: { operation: 'replay' } })]],
    kinds: GRPC,
  },
  { check: 'gated_unreachable', title: 'no watch', edits: [['watch/match/path', '/api/v1/wach']] },
  {
    check: 'gated_unreachable',
    title: 'GET only',
    edits: [['replay/match/headers/0/string_match/exact', 'GET']],
  },
];

const REQUEST: readonly Mutation[] = [
  { check: 'normalize_path', title: 'not set', edits: [['manager/normalize_path', undefined]] },
  { check: 'normalize_path', title: 'false', edits: [['manager/normalize_path', false]] },
  { check: 'merge_slashes', title: 'not set', edits: [['manager/merge_slashes', undefined]] },
  {
    check: 'escaped_slashes',
    title: 'not set',
    edits: [['manager/path_with_escaped_slashes_action', undefined]],
  },
  {
    check: 'escaped_slashes',
    title: 'KEEP_UNCHANGED',
    edits: [['manager/path_with_escaped_slashes_action', 'KEEP_UNCHANGED']],
  },
  {
    check: 'unchecked_catch_all',
    title: 'the last route leads to Aviso',
    edits: [
      ['unknown/direct_response', undefined],
      ['unknown/route', { cluster: 'aviso' }],
    ],
  },
  {
    check: 'aviso_headers_stripped',
    title: 'without the filter',
    edits: [['manager/http_filters/0', undefined]],
    also: ['envoy_headers_stripped'],
  },
  {
    check: 'aviso_headers_stripped',
    title: 'by two names only',
    edits: [
      ['strip/typed_config/mutations/request_mutations/0', { remove: 'x-aviso-user' }],
      ['strip/typed_config/mutations/request_mutations/+', { remove: 'x-aviso-realm' }],
    ],
  },
  {
    check: 'aviso_headers_stripped',
    title: 'switched off',
    edits: [['strip/disabled', true]],
    also: ['envoy_headers_stripped'],
  },
  {
    check: 'aviso_headers_stripped',
    title: 'off on one route',
    edits: [['notification/typed_per_filter_config', { ...off, ...Object(filterOff('strip')) }]],
  },
  {
    check: 'aviso_headers_kept',
    title: 'a second filter after the check',
    edits: [
      [
        'manager/http_filters/3',
        { name: 'router', typed_config: { '@type': type('extensions.filters.http.router.v3.Router') } },
      ],
      [
        'manager/http_filters/2',
        {
          name: 'late',
          typed_config: {
            '@type': type('extensions.filters.http.header_mutation.v3.HeaderMutation'),
            mutations: { request_mutations: [{ remove: 'x-aviso-user' }] },
          },
        },
      ],
    ],
  },
  {
    check: 'aviso_headers_kept',
    title: 'on the route',
    edits: [['watch/request_headers_to_remove/+', 'x-aviso-user']],
  },
  {
    check: 'envoy_headers_stripped',
    title: 'without it',
    edits: [['strip/typed_config/mutations/request_mutations/1', undefined]],
  },
  {
    check: 'headers_with_underscores',
    title: 'not set',
    edits: [['manager/common_http_protocol_options/headers_with_underscores_action', undefined]],
  },
  {
    check: 'authorization_shown',
    title: 'not listed',
    edits: [['check/allowed_headers/patterns/0', undefined]],
    kinds: GRPC,
  },
  {
    check: 'authorization_shown',
    title: 'disallowed',
    edits: [['check/disallowed_headers', { patterns: [{ exact: 'authorization' }] }]],
  },
  {
    check: 'content_encoding',
    title: 'neither lock',
    edits: [
      ['check/disallowed_headers', { patterns: [{ exact: 'content-encoding' }] }],
      ['watch/request_headers_to_remove', undefined],
      ['replay/request_headers_to_remove', undefined],
    ],
  },
  {
    check: 'content_encoding_locks',
    title: 'not shown',
    edits: [['check/allowed_headers/patterns/0/exact', 'x-other']],
    kinds: HTTP,
  },
  {
    check: 'content_encoding_locks',
    title: 'not removed',
    edits: [['replay/request_headers_to_remove', undefined]],
  },
  { check: 'encode_raw_headers', title: 'not set', edits: [['check/encode_raw_headers', undefined]] },
  {
    check: 'request_id_shown',
    title: 'not listed',
    edits: [['check/allowed_headers/patterns/1', undefined]],
    kinds: HTTP,
  },
  {
    check: 'request_id_shown',
    title: 'not listed',
    edits: [['check/allowed_headers/patterns/2', undefined]],
    kinds: GRPC,
  },
  { check: 'with_request_body', title: 'not set', edits: [['check/with_request_body', undefined]] },
  {
    check: 'with_request_body',
    title: 'switched off on a route',
    edits: [['watch/typed_per_filter_config', settings({ disable_request_body_buffering: true })]],
  },
  {
    check: 'max_request_bytes',
    title: 'too small',
    edits: [['check/with_request_body/max_request_bytes', 16384]],
  },
  {
    check: 'max_request_bytes',
    title: 'too small on a route',
    edits: [
      [
        'replay/typed_per_filter_config',
        settings({ with_request_body: { max_request_bytes: 1024, pack_as_bytes: true } }),
      ],
    ],
  },
  {
    check: 'max_request_bytes_large',
    title: 'a megabyte',
    edits: [['check/with_request_body/max_request_bytes', 1048576]],
  },
  {
    check: 'allow_partial_message',
    title: 'true',
    edits: [['check/with_request_body/allow_partial_message', true]],
  },
  {
    check: 'pack_as_bytes',
    title: 'not set',
    edits: [['check/with_request_body/pack_as_bytes', undefined]],
    kinds: GRPC,
  },
];

const ANSWER: readonly Mutation[] = [
  { check: 'authz_service', title: 'none', edits: [['check/http_service', undefined]], kinds: HTTP },
  {
    check: 'authz_timeout',
    title: 'too short',
    edits: [['check/http_service/server_uri/timeout', '10s']],
    kinds: HTTP,
  },
  {
    check: 'authz_timeout',
    title: 'for ever',
    edits: [['check/http_service/server_uri/timeout', '0s']],
    kinds: HTTP,
  },
  {
    check: 'authz_timeout',
    title: 'too short',
    edits: [['check/grpc_service/timeout', '0.5s']],
    kinds: GRPC,
  },
  {
    check: 'authz_timeout',
    title: 'not set',
    edits: [['check/grpc_service/timeout', undefined]],
    kinds: GRPC,
  },
  {
    check: 'authz_timeout',
    title: 'that of ECPDS, of which the authorizer takes 90 %',
    edits: [['check/http_service/server_uri/timeout', '30s']],
    kinds: HTTP,
  },
  {
    check: 'authz_timeout',
    title: 'too short on a route',
    edits: [
      [
        'watch/typed_per_filter_config',
        settings({
          http_service: {
            server_uri: { uri: 'http://a', cluster: 'authz', timeout: '1s' },
            path_prefix: '/envoy',
            authorization_response: {
              allowed_upstream_headers: { patterns: [{ prefix: 'x-aviso-' }, { exact: 'authorization' }] },
            },
          },
        }),
      ],
    ],
    kinds: HTTP,
  },
  {
    check: 'authz_timeout_margin',
    title: 'hardly enough',
    edits: [['check/http_service/server_uri/timeout', '34s']],
    kinds: HTTP,
  },
  {
    check: 'authz_retries',
    title: 'over HTTP',
    edits: [['check/http_service/retry_policy', { num_retries: 2 }]],
    kinds: HTTP,
  },
  {
    check: 'authz_retries',
    title: 'over gRPC',
    edits: [['check/grpc_service/retry_policy', { num_retries: 2 }]],
    kinds: GRPC,
  },
  {
    check: 'path_prefix',
    title: 'not set',
    edits: [['check/http_service/path_prefix', undefined]],
    kinds: HTTP,
  },
  {
    check: 'path_prefix',
    title: 'another',
    edits: [['check/http_service/path_prefix', '/authz']],
    kinds: HTTP,
  },
  {
    check: 'authz_cluster',
    title: 'unknown',
    edits: [['check/http_service/server_uri/cluster', 'nobody']],
    kinds: HTTP,
  },
  {
    check: 'authz_cluster',
    title: 'HTTP/1.1 under gRPC',
    edits: [['authz/typed_extension_protocol_options', undefined]],
    kinds: GRPC,
    also: ['grpc_keepalive'],
  },
  {
    check: 'authz_idle_timeout',
    title: 'longer than the authorizer’s',
    edits: [
      [
        'authz/typed_extension_protocol_options/envoy.extensions.upstreams.http.v3.HttpProtocolOptions/common_http_protocol_options/idle_timeout',
        '7200s',
      ],
    ],
  },
  {
    check: 'authz_health_checks',
    title: 'of one endpoint',
    edits: [
      [
        'authz/health_checks',
        [
          {
            timeout: '1s',
            interval: '1s',
            unhealthy_threshold: 1,
            healthy_threshold: 1,
            http_health_check: { path: '/healthz' },
          },
        ],
      ],
    ],
  },
  {
    check: 'authz_endpoints_unready',
    title: 'several, and none is looked at',
    edits: [['authz/load_assignment/endpoints', SEVERAL]],
  },
  {
    check: 'authz_endpoints_unready',
    title: 'several, and a panic threshold as it is',
    edits: [
      ['authz/load_assignment/endpoints', SEVERAL],
      ['authz/health_checks', LOOKS],
      ['authz/common_lb_config', { update_merge_window: '0s' }],
    ],
  },
  {
    check: 'authz_endpoints_unready',
    title: 'several, and what is found is acted upon later',
    edits: [
      ['authz/load_assignment/endpoints', SEVERAL],
      ['authz/health_checks', LOOKS],
      ['authz/common_lb_config', { healthy_panic_threshold: { value: 0 } }],
    ],
  },
  {
    check: 'grpc_keepalive',
    title: 'not set',
    edits: [
      [
        'authz/typed_extension_protocol_options/envoy.extensions.upstreams.http.v3.HttpProtocolOptions/explicit_http_config/http2_protocol_options/connection_keepalive',
        undefined,
      ],
    ],
    kinds: GRPC,
  },
  {
    check: 'authorization_replaced',
    title: 'not listed',
    edits: [['check/http_service/authorization_response/allowed_upstream_headers/patterns/2', undefined]],
    kinds: HTTP,
  },
  {
    check: 'authorization_replaced',
    title: 'appended',
    edits: [
      [
        'check/http_service/authorization_response/allowed_upstream_headers_to_append',
        { patterns: [{ exact: 'authorization' }] },
      ],
    ],
    kinds: HTTP,
  },
  {
    check: 'authorization_replaced',
    title: 'not allowed',
    edits: [['check/decoder_header_mutation_rules/allow_expression/regex', 'x-aviso-.+']],
    kinds: GRPC,
  },
  {
    check: 'user_passed_on',
    title: 'not listed',
    edits: [['check/http_service/authorization_response/allowed_upstream_headers/patterns/0', undefined]],
    kinds: HTTP,
  },
  {
    check: 'user_passed_on',
    title: 'not allowed',
    edits: [['check/decoder_header_mutation_rules/allow_expression/regex', 'authorization']],
    kinds: GRPC,
  },
  {
    check: 'upstream_headers_wide',
    title: 'all',
    edits: [
      ['check/http_service/authorization_response/allowed_upstream_headers/patterns/+', { prefix: 'c' }],
    ],
    kinds: HTTP,
  },
  {
    check: 'mutation_rules',
    title: 'none',
    edits: [['check/decoder_header_mutation_rules', undefined]],
    kinds: GRPC,
  },
  {
    check: 'mutation_rules',
    title: 'not validated',
    edits: [['check/validate_mutations', undefined]],
    kinds: GRPC,
  },
  {
    check: 'client_headers',
    title: 'no www-authenticate',
    edits: [['check/http_service/authorization_response/allowed_client_headers/patterns/0', undefined]],
    kinds: HTTP,
  },
  { check: 'status_on_error', title: 'not set', edits: [['check/status_on_error', undefined]] },
  { check: 'status_on_error', title: 'another', edits: [['check/status_on_error/code', 'Forbidden']] },
  { check: 'carrier_424', title: 'no mapper', edits: [['mappers/0', undefined]], kinds: HTTP },
  {
    check: 'carrier_424',
    title: 'no mappers at all',
    edits: [['manager/local_reply_config', undefined]],
    kinds: HTTP,
    also: ['carrier_423', 'no_verdict_mapped', 'failure_body', 'own_refusals'],
  },
  { check: 'carrier_424', title: 'to another status', edits: [['mappers/0/status_code', 500]], kinds: HTTP },
  {
    check: 'carrier_424',
    title: 'with another body',
    edits: [['mappers/0/body', { inline_string: 'x' }]],
    kinds: HTTP,
  },
  {
    check: 'carrier_424',
    title: 'after the one that leaves all as it is',
    edits: [['mappers/0', { filter: { response_flag_filter: { flags: ['UAEX'] } } }]],
    kinds: HTTP,
    also: ['carrier_423', 'no_verdict_mapped', 'failure_body'],
  },
  { check: 'carrier_423', title: 'no mapper', edits: [['mappers/1', undefined]], kinds: HTTP },
  { check: 'no_verdict_mapped', title: 'no mapper', edits: [['mappers/2', undefined]], kinds: HTTP },
  { check: 'no_verdict_mapped', title: 'no mapper', edits: [['mappers/0', undefined]], kinds: GRPC },
  {
    check: 'refusals_kept',
    title: 'no mapper that leaves them',
    edits: [['mappers/4', undefined]],
    kinds: HTTP,
  },
  {
    check: 'refusals_kept',
    title: 'no mapper that leaves them',
    edits: [['mappers/2', undefined]],
    kinds: GRPC,
  },
  { check: 'failure_body', title: 'no mapper', edits: [['mappers/3', undefined]], kinds: HTTP },
  { check: 'failure_body', title: 'no mapper', edits: [['mappers/1', undefined]], kinds: GRPC },
  { check: 'own_refusals', title: 'no mapper for 404', edits: [['mappers/6', undefined]], kinds: HTTP },
];

const STREAM: readonly Mutation[] = [
  {
    check: 'filters_after_check',
    title: 'Lua',
    edits: [
      [
        'manager/http_filters/3',
        { name: 'router', typed_config: { '@type': type('extensions.filters.http.router.v3.Router') } },
      ],
      [
        'manager/http_filters/2',
        { name: 'lua', typed_config: { '@type': type('extensions.filters.http.lua.v3.Lua') } },
      ],
    ],
  },
  { check: 'stream_life', title: 'no bound', edits: [['watch/route/max_stream_duration', undefined]] },
  {
    check: 'stream_life',
    title: '0s',
    edits: [['watch/route/max_stream_duration/max_stream_duration', '0s']],
  },
  {
    check: 'stream_life_range',
    title: 'ten minutes',
    edits: [['watch/route/max_stream_duration/max_stream_duration', '600s']],
  },
  {
    check: 'stream_life_range',
    title: 'a day',
    edits: [['replay/route/max_stream_duration/max_stream_duration', '86400s']],
  },
  { check: 'route_timeout', title: 'not set', edits: [['watch/route/timeout', undefined]] },
  { check: 'route_timeout', title: 'a minute', edits: [['replay/route/timeout', '60s']] },
  { check: 'idle_timeout', title: 'of the heartbeat', edits: [['manager/stream_idle_timeout', '30s']] },
  { check: 'idle_timeout', title: 'on a route', edits: [['watch/route/idle_timeout', '20s']] },
  { check: 'slow_requests', title: 'not set', edits: [['manager/request_timeout', undefined]] },
  {
    check: 'authorization_logged',
    title: 'in the access log',
    edits: [['manager/access_log/0/typed_config/log_format/json_format/token', '%REQ(AUTHORIZATION)%']],
  },
  {
    check: 'admin_address',
    title: 'everywhere',
    edits: [['admin/address/socket_address/address', '0.0.0.0']],
  },
  { check: 'use_remote_address', title: 'not set', edits: [['manager/use_remote_address', undefined]] },
  {
    check: 'max_request_headers_kb',
    title: 'more than the authorizer',
    edits: [['manager/max_request_headers_kb', 96]],
  },
  { check: 'circuit_breakers', title: 'not set', edits: [['aviso/circuit_breakers', undefined]] },
  {
    check: 'aviso_idle_timeout',
    title: 'not set',
    edits: [['aviso/typed_extension_protocol_options', undefined]],
  },
  { check: 'connection_limit', title: 'not set', edits: [['overload_manager', undefined]] },
];

/** Every way to break a shipped configuration that is looked for. */
export const MUTATIONS: readonly Mutation[] = [...GATE, ...REQUEST, ...ANSWER, ...STREAM];
