import { readFileSync } from 'node:fs';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import t, { type TAP } from 'tap';
import { diagnoseEnvoy } from '../../src/doctor/envoy/diagnose.js';
import { diagnoseNginx } from '../../src/doctor/nginx/diagnose.js';
import {
  ENVOY_GRPC_CONFIG,
  ENVOY_HTTP_CONFIG,
  missing,
  NGINX_CONFIG,
  startEnvoy,
  startNginx,
} from '../helpers/proxies.js';
import { startAuthorizer } from '../proxies/authorizer.js';
import { type Bench, startBench } from '../proxies/bench.js';
import { type Answer, bearer, type Sent } from '../proxies/client.js';
import { startGrpcAuthorizer } from '../proxies/grpc-authorizer.js';
import { beside } from './nginx-edits.js';

/** What was seen of one request. */
interface Seen {
  /** `closed`: the proxy closed the connection without one. */
  readonly answer: Answer | 'closed';
  /** How often the authorizer was asked. */
  readonly asked: number;
  /** What Aviso got of it; null when it got nothing. */
  readonly aviso: Bench['gateway']['requests'][number] | null;
}

/** What a finding says would happen, and a request that shows it. */
interface Consequence {
  readonly check: string;
  readonly title: string;
  readonly shipped: string;
  readonly change: readonly [from: string, to: string];
  readonly sent: Sent;
  readonly happens: (seen: Seen) => boolean;
}

const OFF = `typed_per_filter_config: { envoy.filters.http.ext_authz: { "@type": type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthzPerRoute, disabled: true } }`;
const PARSED = 'request_headers_to_remove: &checked [content-encoding]';
const statusOf = (answer: Seen['answer']): number => (answer === 'closed' ? 0 : answer.status);
const unchecked = ({ asked, aviso }: Seen): boolean => asked === 0 && aviso !== null;
const HTTP2 = `http2_protocol_options:
              max_concurrent_streams: 1000
              initial_stream_window_size: 65536
              initial_connection_window_size: 1048576
              connection_keepalive: { interval: 30s, timeout: 10s }`;
const body = (bytes: number): string => `"${'x'.repeat(bytes - 2)}"`;

const ENVOY: readonly Consequence[] = [
  {
    check: 'failure_mode_allow',
    title: 'who gets no verdict gets in',
    shipped: ENVOY_HTTP_CONFIG,
    change: ['failure_mode_allow: false', 'failure_mode_allow: yes'],
    sent: { headers: bearer('refuse-503') },
    happens: ({ aviso }) => aviso !== null,
  },
  {
    check: 'route_unchecked',
    title: 'nobody is asked',
    shipped: ENVOY_HTTP_CONFIG,
    change: [PARSED, `${PARSED}\n                          ${OFF}`],
    sent: { headers: bearer('refuse-403') },
    happens: unchecked,
  },
  {
    check: 'normalize_path',
    title: 'a path leaves the folder that it was let through for',
    shipped: ENVOY_HTTP_CONFIG,
    change: ['normalize_path: true', 'normalize_path: false'],
    sent: { path: '/api/v1/admin/../watch', headers: bearer('refuse-403') },
    happens: (seen) => unchecked(seen) && seen.aviso?.url === '/api/v1/admin/../watch',
  },
  {
    check: 'aviso_headers_stripped',
    title: 'a header of the client’s own arrives at Aviso',
    shipped: ENVOY_HTTP_CONFIG,
    change: ['prefix: x-aviso-,', 'prefix: x-evil-,'],
    sent: { headers: { 'x-aviso-other': 'mine' } },
    happens: ({ aviso }) => aviso?.headers['x-aviso-other'] === 'mine',
  },
  {
    check: 'carrier_424',
    title: 'a 503 reaches the client as 424',
    shipped: ENVOY_HTTP_CONFIG,
    change: ['default_value: 424', 'default_value: 425'],
    sent: { headers: bearer('refuse-424') },
    happens: ({ answer }) => statusOf(answer) === 424,
  },
  {
    check: 'no_verdict_mapped',
    title: 'a 204 of the authorizer looks like success',
    shipped: ENVOY_HTTP_CONFIG,
    change: ['op: LE, value: { default_value: 399', 'op: EQ, value: { default_value: 399'],
    sent: { headers: bearer('refuse-204') },
    happens: ({ answer }) => statusOf(answer) === 204,
  },
  {
    check: 'status_on_error',
    title: 'a dead authorizer looks like a refusal',
    shipped: ENVOY_HTTP_CONFIG,
    change: ['status_on_error: { code: ServiceUnavailable }', ''],
    sent: { headers: bearer('reset') },
    happens: ({ answer }) => statusOf(answer) === 403,
  },
  {
    check: 'max_request_bytes',
    title: 'a body that Aviso would take is 413',
    shipped: ENVOY_GRPC_CONFIG,
    change: ['max_request_bytes: 262144', 'max_request_bytes: 16384'],
    sent: { body: body(20_000) },
    happens: ({ answer, asked }) => statusOf(answer) === 413 && asked === 0,
  },
  {
    check: 'authz_cluster',
    title: 'gRPC over HTTP/1.1 never gets a verdict',
    shipped: ENVOY_GRPC_CONFIG,
    change: [HTTP2, 'http_protocol_options: {}'],
    sent: {},
    happens: ({ answer, aviso }) => statusOf(answer) === 503 && aviso === null,
  },
];

const PLAIN_SUBREQUEST = 'subrequest_output_buffer_size 64k;';
const NGINX: readonly Consequence[] = [
  {
    check: 'gateway_internal',
    title: 'a client goes to Aviso directly',
    shipped: NGINX_CONFIG,
    change: ['location /_gateway/ {\n            internal;', 'location /_gateway/ {'],
    sent: { path: '/_gateway/watch', headers: bearer('refuse-403') },
    happens: (seen) => unchecked(seen) && seen.aviso?.url === '/api/v1/watch',
  },
  {
    check: 'jump_past_the_check',
    title: '`internal` does not stop a rewrite',
    shipped: NGINX_CONFIG,
    change: [
      'location / { return 404; }',
      'location / { return 404; }\nlocation /fast/ { rewrite ^/fast/(.*) /_gateway/$1 last; }',
    ],
    sent: { path: '/fast/watch', headers: bearer('refuse-403') },
    happens: unchecked,
  },
  {
    check: 'past_the_check',
    title: 'another path is watch at Aviso',
    shipped: NGINX_CONFIG,
    change: ['proxy_pass http://aviso/api/v1/admin/;', 'proxy_pass http://aviso/api/v1/;'],
    sent: { path: '/api/v1/admin/watch', headers: bearer('refuse-403') },
    happens: (seen) => unchecked(seen) && seen.aviso?.url === '/api/v1/watch',
  },
  {
    check: 'gated_unchecked',
    title: 'a proxy_pass beside the check wins',
    shipped: NGINX_CONFIG,
    change: [
      '{ js_content authz.watch; }',
      '{ js_content authz.watch; proxy_pass http://aviso/api/v1/watch; }',
    ],
    sent: { headers: bearer('refuse-403') },
    happens: unchecked,
  },
  {
    check: 'aviso_headers_stripped',
    title: 'one header of a location’s own, and those of the server are gone',
    shipped: NGINX_CONFIG,
    change: [
      'proxy_pass http://aviso/api/v1/notification;',
      'proxy_pass http://aviso/api/v1/notification; proxy_set_header X-Other 1;',
    ],
    sent: { path: '/api/v1/notification', headers: { 'x-aviso-user': 'evil' } },
    happens: ({ aviso }) => aviso?.headers['x-aviso-user'] === 'evil',
  },
  {
    check: 'client_body_buffer_size',
    title: 'a body that goes to a file is 503',
    shipped: NGINX_CONFIG,
    change: ['client_body_buffer_size 512k;', 'client_body_buffer_size 16k;'],
    sent: { body: body(40_000) },
    happens: ({ answer, asked }) => statusOf(answer) === 503 && asked === 0,
  },
  {
    check: 'own_variables',
    title: 'Aviso gets no token',
    shipped: NGINX_CONFIG,
    change: [PLAIN_SUBREQUEST, `${PLAIN_SUBREQUEST} set $authz_authorization "";`],
    sent: { headers: bearer('allow') },
    happens: ({ aviso }) => aviso !== null && aviso.headers.authorization === undefined,
  },
  {
    check: 'subrequest_output_buffer_size',
    title: 'a refusal is a connection that breaks',
    shipped: NGINX_CONFIG,
    change: [PLAIN_SUBREQUEST, 'subrequest_output_buffer_size 16;'],
    sent: { headers: bearer('refuse-403') },
    happens: ({ answer }) => answer === 'closed',
  },
  {
    check: 'error_page_success',
    title: 'a refusal of nginx looks like success',
    shipped: NGINX_CONFIG,
    change: [
      'error_page 413                 = /_refusal/too_large;',
      'error_page 413 =200 /_refusal/too_large;',
    ],
    sent: { body: body(300_000) },
    happens: ({ answer }) => statusOf(answer) === 200,
  },
];

const BUDGET = { requestTimeoutSeconds: 30, deadlineShare: 0.9 };

function checksIn(shipped: string, text: string): string[] {
  const result =
    shipped === NGINX_CONFIG
      ? diagnoseNginx({ file: 'nginx.conf', text }, beside, BUDGET)
      : diagnoseEnvoy([{ file: 'envoy.yaml', text }], BUDGET);
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.value.map(({ check }) => check);
}

/** A bench whose proxy runs `text` in place of what is shipped. */
async function benchWith(t: Pick<TAP, 'teardown'>, shipped: string, text: string): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'authz-doctor-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const configPath = join(folder, 'config');
  await writeFile(configPath, text);
  await cp(join(dirname(NGINX_CONFIG), 'authz.js'), join(folder, 'authz.js'));
  const authorizer = shipped === ENVOY_GRPC_CONFIG ? startGrpcAuthorizer : startAuthorizer;
  const start = shipped === NGINX_CONFIG ? startNginx : startEnvoy;
  return startBench(t, { start: (options) => start({ ...options, configPath }), authorizer });
}

async function sees(bench: Bench, sent: Sent): Promise<Seen> {
  bench.forget();
  const answer = await bench.send(sent).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ECONNRESET') return 'closed' as const;
    throw error;
  });
  return { answer, asked: bench.authorizer.requests.length, aviso: bench.gateway.requests[0] ?? null };
}

function consequences(all: readonly Consequence[]): void {
  for (const { check, title, shipped, change, sent, happens } of all) {
    t.test(`${check}: ${title}`, async (t) => {
      const before = readFileSync(shipped, 'utf8');
      const after = before.replace(...change);
      t.not(after, before, 'the configuration is changed');
      t.ok(checksIn(shipped, after).includes(check), 'the doctor finds it');
      t.notOk(
        happens(await sees(await benchWith(t, shipped, before), sent)),
        'as shipped it does not happen',
      );
      const seen = await sees(await benchWith(t, shipped, after), sent);
      t.ok(happens(seen), `it does: ${statusOf(seen.answer)}, ${seen.asked} asked, Aviso ${seen.aviso?.url}`);
    });
  }
}

for (const [proxy, all] of [
  ['envoy', ENVOY],
  ['nginx', NGINX],
] as const) {
  const skip = await missing(proxy);
  if (skip === false) consequences(all);
  else t.pass(`against a real ${proxy}`, { skip });
}

if ((await missing('envoy')) === false) {
  for (const [kind, configPath] of [
    ['HTTP', ENVOY_HTTP_CONFIG],
    ['gRPC', ENVOY_GRPC_CONFIG],
  ] as const) {
    t.test(`nothing is found in what Envoy dumps of the shipped configuration, over ${kind}`, async (t) => {
      const proxy = await startEnvoy({ sidecarPort: 9, gatewayPort: 10, configPath });
      t.teardown(proxy.stop);
      const text = await (await fetch(`http://127.0.0.1:${proxy.adminPort}/config_dump`)).text();
      t.same(diagnoseEnvoy([{ file: 'dump.json', text }], BUDGET), { ok: true, value: [] });
      const open = text.replaceAll('"with_request_body"', '"failure_mode_allow": true, "with_request_body"');
      const found = diagnoseEnvoy([{ file: 'dump.json', text: open }], BUDGET);
      t.match(found, {
        ok: true,
        value: [{ check: 'failure_mode_allow', place: { path: /^configs\[\d+\]/ } }],
      });
    });
  }
}
