import type { NginxEdit } from './nginx-edits.js';

/** The shipped configuration broken in one way. */
export interface NginxMutation {
  /** The check that has to find it. */
  readonly check: string;
  readonly title: string;
  readonly edits: readonly NginxEdit[];
  /** Other checks that find it as well, for a reason. */
  readonly also?: readonly string[];
}

const WATCH = 'location = /api/v1/watch';
const REPLAY = 'location = /api/v1/replay';
const CHECK = 'location /_authz/';
const GATEWAY = 'location /_gateway/';
const ADMIN = 'location /api/v1/admin/';
const NOTIFICATION = 'location = /api/v1/notification';
/** The headers that the server sets for every location without any of its own. */
const HEADERS =
  'proxy_set_header X-Aviso-User ""; proxy_set_header X-Aviso-Realm ""; proxy_set_header X-Aviso-Decision "";';

const GATE: readonly NginxMutation[] = [
  {
    check: 'gated_unchecked',
    title: 'a proxy_pass instead of the check',
    edits: [{ in: WATCH, remove: ['js_content'], add: 'proxy_pass http://aviso/api/v1/watch;' }],
  },
  {
    check: 'gated_unchecked',
    title: 'a proxy_pass after it',
    edits: [{ in: WATCH, add: 'proxy_pass http://aviso/api/v1/watch;' }],
  },
  {
    check: 'gated_unchecked',
    title: 'for some clients',
    edits: [{ in: REPLAY, add: 'if ($http_x_internal) { proxy_pass http://127.0.0.1:8000; }' }],
  },
  {
    check: 'gated_unchecked',
    title: 'a second server',
    edits: [
      { in: 'http', add: `server { listen 8081; location / { proxy_pass http://aviso; ${HEADERS} } }` },
    ],
  },
  {
    check: 'gated_unchecked',
    title: 'the exact location is gone, and a wider one leads to Aviso',
    edits: [{ in: 'server', remove: [WATCH], add: 'location /api/ { proxy_pass http://aviso; }' }],
    also: ['unchecked_catch_all'],
  },
  {
    check: 'auth_request',
    title: 'instead of the check',
    edits: [
      {
        in: WATCH,
        remove: ['js_content'],
        add: 'auth_request /_authz/watch; proxy_pass http://aviso/api/v1/watch;',
      },
    ],
  },
  {
    check: 'past_the_check',
    title: 'another path',
    edits: [{ in: ADMIN, remove: ['proxy_pass'], add: 'proxy_pass http://aviso/api/v1/;' }],
  },
  {
    check: 'past_the_check',
    title: 'an exact path',
    edits: [
      { in: NOTIFICATION, remove: ['proxy_pass'], add: 'proxy_pass http://127.0.0.1:8000/api/v1/watch;' },
    ],
  },
  {
    check: 'past_the_check',
    title: 'where a variable says',
    edits: [{ in: NOTIFICATION, remove: ['proxy_pass'], add: 'proxy_pass http://$http_x_upstream;' }],
  },
  {
    check: 'jump_past_the_check',
    title: 'by a rewrite',
    edits: [{ in: 'server', add: 'location /fast/ { rewrite ^/fast/(.*) /_gateway/$1 last; }' }],
  },
  {
    check: 'jump_past_the_check',
    title: 'by an error page',
    edits: [{ in: 'server', add: 'location /slow/ { error_page 404 = /_gateway/watch; return 404; }' }],
  },
  {
    check: 'jump_past_the_check',
    title: 'by a rewrite of an unchecked path',
    edits: [
      {
        in: NOTIFICATION,
        remove: ['proxy_pass'],
        add: 'rewrite ^ /api/v1/watch break; proxy_pass http://aviso;',
      },
    ],
  },
  { check: 'gateway_internal', title: 'not internal', edits: [{ in: GATEWAY, remove: ['internal'] }] },
  { check: 'check_internal', title: 'not internal', edits: [{ in: CHECK, remove: ['internal'] }] },
  {
    check: 'stream_to_aviso',
    title: 'a stream server',
    edits: [{ in: '', add: 'stream { server { listen 8081; proxy_pass 127.0.0.1:8000; } }' }],
  },
  { check: 'merge_slashes', title: 'off', edits: [{ in: 'server', add: 'merge_slashes off;' }] },
  {
    check: 'escaped_separators',
    title: 'without the if and its map',
    edits: [
      { in: 'http', remove: ['map $request_uri $has_escaped_separator'] },
      { in: 'server', remove: ['if'] },
    ],
  },
];

const CATCH_ALL: readonly NginxMutation[] = [
  {
    check: 'unchecked_catch_all',
    title: 'the last location leads to Aviso',
    edits: [{ in: 'location /', remove: ['return'], add: 'proxy_pass http://aviso;' }],
  },
  {
    check: 'gated_unchecked',
    title: 'auth_request off',
    edits: [
      { in: 'server', add: 'auth_request /_authz/watch;' },
      { in: WATCH, remove: ['js_content'], add: 'auth_request off; proxy_pass http://aviso/api/v1/watch;' },
    ],
  },
  {
    check: 'worker_connections',
    title: 'not set',
    edits: [{ in: 'events', remove: ['worker_connections'] }],
  },
];

const WIRING: readonly NginxMutation[] = [
  {
    check: 'handler',
    title: 'the other one',
    edits: [{ in: WATCH, remove: ['js_content'], add: 'js_content authz.replay;' }],
  },
  { check: 'gated_unreachable', title: 'no replay', edits: [{ in: 'server', remove: [REPLAY] }] },
  {
    check: 'check_location',
    title: 'none',
    edits: [{ in: 'server', remove: [CHECK] }],
  },
  {
    check: 'gateway_location',
    title: 'none',
    edits: [{ in: 'server', remove: [GATEWAY] }],
  },
  {
    check: 'authorizer_path',
    title: 'a path that is not gated',
    edits: [{ in: CHECK, remove: ['proxy_pass'], add: 'proxy_pass http://authz/api/v1/admin/;' }],
  },
  {
    check: 'check_path',
    title: 'that of Envoy',
    edits: [{ in: CHECK, remove: ['proxy_pass'], add: 'proxy_pass http://authz/envoy/api/v1/;' }],
  },
  {
    check: 'check_path',
    title: 'as it came',
    edits: [{ in: CHECK, remove: ['proxy_pass'], add: 'proxy_pass http://authz;' }],
  },
  {
    check: 'gateway_path',
    title: 'as it came',
    edits: [{ in: GATEWAY, remove: ['proxy_pass'], add: 'proxy_pass http://aviso;' }],
  },
  {
    check: 'aviso_as_authorizer',
    title: 'the same server',
    edits: [{ in: CHECK, remove: ['proxy_pass'], add: 'proxy_pass http://localhost:8000/api/v1/;' }],
    // It is a way to Aviso, then, with the client's headers blanked as they are.
  },
  {
    check: 'script',
    title: 'another file',
    edits: [{ in: 'http', remove: ['js_import'], add: 'js_import authz from other.js;' }],
  },
  {
    check: 'script',
    title: 'no file',
    edits: [{ in: 'http', remove: ['js_import'], add: 'js_import authz from nowhere.js;' }],
  },
];

const HEADER: readonly NginxMutation[] = [
  {
    check: 'aviso_headers_stripped',
    title: 'not blanked',
    edits: [{ in: 'server', remove: ['proxy_set_header X-Aviso-User '] }],
  },
  {
    check: 'aviso_headers_stripped',
    title: 'a block with a header of its own inherits none',
    edits: [{ in: NOTIFICATION, add: 'proxy_set_header X-Other 1;' }],
  },
  {
    check: 'aviso_headers_stripped',
    title: 'after an allow',
    edits: [{ in: GATEWAY, remove: ['proxy_set_header X-Aviso-Decision '] }],
  },
  {
    check: 'aviso_headers_stripped',
    title: 'passed on by name',
    edits: [
      {
        in: 'server',
        remove: ['proxy_set_header X-Aviso-Realm '],
        add: 'proxy_set_header X-Aviso-Realm $http_x_aviso_realm;',
      },
    ],
  },
  {
    check: 'aviso_headers_to_check',
    title: 'not blanked',
    edits: [{ in: CHECK, remove: ['proxy_set_header X-Aviso-User '] }],
  },
  {
    check: 'envoy_headers_to_check',
    title: 'not blanked',
    edits: [{ in: CHECK, remove: ['proxy_set_header X-Envoy-Auth-Partial-Body '] }],
  },
  {
    check: 'authorization_shown',
    title: 'blanked',
    edits: [{ in: CHECK, add: 'proxy_set_header Authorization "";' }],
  },
  {
    check: 'authorization_shown',
    title: 'no headers at all',
    edits: [{ in: CHECK, add: 'proxy_pass_request_headers off;' }],
  },
  {
    check: 'authorization_replaced',
    title: 'the client’s own',
    edits: [{ in: GATEWAY, remove: ['proxy_set_header Authorization $authz_authorization'] }],
  },
  {
    check: 'user_passed_on',
    title: 'nobody',
    edits: [
      {
        in: GATEWAY,
        remove: ['proxy_set_header X-Aviso-User $authz_user'],
        add: 'proxy_set_header X-Aviso-User "";',
      },
    ],
  },
  {
    check: 'own_variables',
    title: 'set in the server',
    edits: [{ in: 'server', add: 'set $authz_authorization "";' }],
  },
  {
    check: 'content_encoding',
    title: 'neither lock',
    edits: [
      { in: CHECK, add: 'proxy_set_header Content-Encoding "";' },
      { in: GATEWAY, remove: ['proxy_set_header Content-Encoding '] },
    ],
  },
  {
    check: 'content_encoding_locks',
    title: 'not shown',
    edits: [{ in: CHECK, add: 'proxy_set_header Content-Encoding "";' }],
  },
  {
    check: 'content_encoding_locks',
    title: 'passed on',
    edits: [{ in: GATEWAY, remove: ['proxy_set_header Content-Encoding '] }],
  },
  {
    check: 'headers_with_underscores',
    title: 'on',
    edits: [{ in: 'http', add: 'underscores_in_headers on;' }],
  },
  {
    check: 'headers_with_underscores',
    title: 'invalid ones',
    edits: [{ in: 'server', add: 'ignore_invalid_headers off;' }],
  },
];

const BODY: readonly NginxMutation[] = [
  {
    check: 'client_max_body_size',
    title: 'too small',
    edits: [{ in: 'server', remove: ['client_max_body_size'], add: 'client_max_body_size 16k;' }],
  },
  {
    check: 'client_max_body_size',
    title: 'too small in the location',
    edits: [{ in: WATCH, add: 'client_max_body_size 16k;' }],
  },
  {
    check: 'client_max_body_size_large',
    title: 'not set',
    edits: [{ in: 'server', remove: ['client_max_body_size'] }],
  },
  {
    check: 'client_max_body_size_large',
    title: 'any',
    edits: [{ in: 'server', remove: ['client_max_body_size'], add: 'client_max_body_size 0;' }],
  },
  {
    check: 'client_body_buffer_size',
    title: 'not set',
    edits: [{ in: 'server', remove: ['client_body_buffer_size'] }],
  },
  {
    check: 'client_body_buffer_size',
    title: 'too small in the location',
    edits: [{ in: REPLAY, add: 'client_body_buffer_size 128k;' }],
  },
  {
    check: 'client_body_buffer_room',
    title: 'just the body',
    edits: [{ in: 'server', remove: ['client_body_buffer_size'], add: 'client_body_buffer_size 262144;' }],
  },
  {
    check: 'client_body_in_file_only',
    title: 'on',
    edits: [{ in: 'server', add: 'client_body_in_file_only on;' }],
  },
  { check: 'body_to_check', title: 'no body', edits: [{ in: CHECK, add: 'proxy_pass_request_body off;' }] },
  { check: 'body_to_check', title: 'another method', edits: [{ in: CHECK, add: 'proxy_method GET;' }] },
  {
    check: 'body_to_aviso',
    title: 'another body',
    edits: [{ in: GATEWAY, add: 'proxy_set_body $http_x_body;' }],
  },
];

const ANSWERS: readonly NginxMutation[] = [
  {
    check: 'authz_timeout',
    title: 'too short',
    edits: [{ in: CHECK, remove: ['proxy_read_timeout'], add: 'proxy_read_timeout 10s;' }],
  },
  {
    check: 'authz_timeout',
    title: 'that of the server',
    edits: [{ in: CHECK, remove: ['proxy_read_timeout'] }],
  },
  {
    check: 'authz_timeout_margin',
    title: 'hardly enough',
    edits: [{ in: CHECK, remove: ['proxy_read_timeout'], add: 'proxy_read_timeout 32s;' }],
  },
  {
    check: 'stream_timeout',
    title: 'that of the server',
    edits: [{ in: GATEWAY, remove: ['proxy_read_timeout'] }],
  },
  { check: 'proxy_buffering', title: 'not off', edits: [{ in: GATEWAY, remove: ['proxy_buffering'] }] },
  { check: 'gzip', title: 'on', edits: [{ in: GATEWAY, remove: ['gzip'], add: 'gzip on;' }] },
  {
    check: 'proxy_cache',
    title: 'one for all',
    edits: [
      { in: GATEWAY, remove: ['proxy_cache'] },
      { in: 'http', add: 'proxy_cache_path /var/lib/nginx/cache keys_zone=all:1m; proxy_cache all;' },
    ],
  },
  { check: 'intercepted_errors', title: 'on', edits: [{ in: 'server', add: 'proxy_intercept_errors on;' }] },
  {
    check: 'error_page_success',
    title: '200',
    edits: [{ in: WATCH, add: 'error_page 400 404 413 502 504 =200 /_refusal/unavailable;' }],
  },
  {
    check: 'check_error_pages',
    title: 'those of the server',
    edits: [{ in: CHECK, remove: ['error_page'] }],
  },
  {
    check: 'own_refusals',
    title: 'one is missing',
    edits: [{ in: 'server', remove: ['error_page 413 = /_refusal/too_large'] }],
  },
  {
    check: 'retries',
    title: 'of any request',
    edits: [
      {
        in: 'server',
        remove: ['proxy_next_upstream'],
        add: 'proxy_next_upstream error timeout non_idempotent;',
      },
    ],
  },
  { check: 'next_upstream', title: 'not off', edits: [{ in: 'server', remove: ['proxy_next_upstream'] }] },
  {
    check: 'subrequest_output_buffer_size',
    title: 'too small',
    edits: [
      { in: 'server', remove: ['subrequest_output_buffer_size'], add: 'subrequest_output_buffer_size 128;' },
    ],
  },
  { check: 'proxy_buffer_size', title: 'not set', edits: [{ in: CHECK, remove: ['proxy_buffer_size'] }] },
  {
    check: 'large_client_header_buffers',
    title: 'not set',
    edits: [{ in: 'server', remove: ['large_client_header_buffers'] }],
  },
  {
    check: 'aviso_idle_timeout',
    title: 'not set',
    edits: [{ in: 'upstream aviso', remove: ['keepalive_timeout'] }],
  },
  {
    check: 'authorization_logged',
    title: 'in a format',
    edits: [{ in: 'http', add: `log_format more '$request "$http_authorization"';` }],
  },
];

/** Every way to break the shipped configuration that is looked for. */
export const NGINX_MUTATIONS: readonly NginxMutation[] = [
  ...GATE,
  ...CATCH_ALL,
  ...WIRING,
  ...HEADER,
  ...BODY,
  ...ANSWERS,
];
