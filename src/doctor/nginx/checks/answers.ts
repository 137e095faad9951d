import type { Flaw } from '../../finding.js';
import { HEARTBEAT_SECONDS, MARGIN_SECONDS } from '../../gated.js';
import { CHECK, GATEWAY, type NginxGateway } from '../gateway.js';
import { upstreamOf } from '../proxied.js';
import type { Scope } from '../scope.js';
import { bytesOf, secondsOf } from '../values.js';
import { flaw, type NginxCheck, said, unique, wherever } from './check.js';

/** What nginx waits when it is told nothing, in seconds. */
const DEFAULT_READ_SECONDS = 60;
/** Aviso's server closes a connection after so many idle seconds. */
const AVISO_IDLE_SECONDS = 5;
/** The authorizer's answer, when nobody told it how long it has, comes so long after the time for ECPDS; in seconds. */
const NATIVE_SECONDS = 1;

/** Time, buffers and pages. */
export const ANSWERS: readonly NginxCheck[] = [
  {
    name: 'authz_timeout',
    severity: 'breaks',
    flaw: `\`proxy_read_timeout\` of \`${CHECK}\` is shorter than the authorizer may take: \`ecpds.request_timeout_seconds\` and 1 s`,
    consequence: 'checks that ECPDS would still have answered become 503',
    find: ({ checks, budget }) => {
      const least = budget.requestTimeoutSeconds + NATIVE_SECONDS;
      return wherever(
        checks,
        'proxy_read_timeout',
        (args) => wait(args) >= least,
        timeoutCure(budget.requestTimeoutSeconds),
      );
    },
  },
  {
    name: 'authz_timeout_margin',
    severity: 'advice',
    flaw: `\`proxy_read_timeout\` of \`${CHECK}\` is less than \`ecpds.request_timeout_seconds\` and ${MARGIN_SECONDS} s`,
    consequence: 'no time is left for the way there and back',
    find: ({ checks, budget: { requestTimeoutSeconds: limit } }) =>
      wherever(
        checks,
        'proxy_read_timeout',
        (args) => wait(args) < limit + NATIVE_SECONDS || wait(args) >= limit + MARGIN_SECONDS,
        timeoutCure(limit),
      ),
  },
  {
    name: 'stream_timeout',
    severity: 'breaks',
    flaw: `\`proxy_read_timeout\` of \`${GATEWAY}\` is not longer than Aviso’s heartbeat of ${HEARTBEAT_SECONDS} s`,
    consequence: 'nginx cuts silent streams',
    find: ({ gateways }) =>
      wherever(
        gateways,
        'proxy_read_timeout',
        (args) => wait(args) > HEARTBEAT_SECONDS,
        '`proxy_read_timeout 120s;`',
      ),
  },
  {
    name: 'proxy_buffering',
    severity: 'breaks',
    flaw: `\`${GATEWAY}\` buffers what Aviso sends`,
    consequence: 'events arrive late and in lumps',
    find: ({ gateways }) =>
      wherever(gateways, 'proxy_buffering', (args) => args?.[0] === 'off', '`proxy_buffering off;`'),
  },
  {
    name: 'gzip',
    severity: 'advice',
    flaw: `\`gzip on\` in \`${GATEWAY}\``,
    consequence: 'events may wait for a compressor to fill its window',
    find: ({ gateways }) => wherever(gateways, 'gzip', (args) => args?.[0] !== 'on', '`gzip off;`'),
  },
  {
    name: 'proxy_cache',
    severity: 'opens',
    flaw: `a \`proxy_cache\` holds in \`${CHECK}\` or \`${GATEWAY}\``,
    consequence:
      'what one user was answered may be kept for another: the key knows neither the token nor the body',
    find: ({ checks, gateways }) =>
      wherever(
        [...checks, ...gateways],
        'proxy_cache',
        (args) => args === null || args[0] === 'off',
        '`proxy_cache off;`',
      ),
  },
  {
    name: 'intercepted_errors',
    severity: 'breaks',
    flaw: `\`proxy_intercept_errors on\` in \`${CHECK}\` or \`${GATEWAY}\``,
    consequence: 'pages of nginx replace what the authorizer and Aviso say',
    find: ({ checks, gateways }) =>
      wherever(
        [...checks, ...gateways],
        'proxy_intercept_errors',
        (args) => args?.[0] !== 'on',
        'no `proxy_intercept_errors`',
      ),
  },
  {
    name: 'error_page_success',
    severity: 'breaks',
    flaw: 'an `error_page` answers with a 2xx',
    consequence: 'a refusal looks like success',
    find: ({ guarded }) =>
      guarded
        .flatMap(({ all }) => all)
        .flatMap((scope) =>
          scope
            .inherited('error_page')
            .filter(({ args }) => args.some((arg) => /^=2\d\d$/.test(arg)))
            .map((directive) => flaw(scope, directive, 'turns an error into success', 'no `=200`')),
        ),
  },
  {
    name: 'check_error_pages',
    severity: 'advice',
    flaw: `\`${CHECK}\` has no \`error_page\` of its own, and inherits those of the server`,
    consequence: 'when the authorizer is dead, the answer loses `retry-after` on its way through authz.js',
    find: ({ checks }) =>
      checks
        .filter((scope) => scope.own('error_page').length === 0 && scope.inherited('error_page').length > 0)
        .map((scope) =>
          flaw(scope, null, 'inherits the pages of the server', '`error_page 404 = /_refusal/not_found;`'),
        ),
  },
  {
    name: 'own_refusals',
    severity: 'advice',
    flaw: 'no `error_page` gives nginx’s own 400, 404, 413, 502 and 504 the form of the authorizer’s refusals',
    consequence: 'clients that read JSON get HTML',
    find: (gateway) =>
      [...handlerScopes(gateway), ...gateway.gateways].flatMap((scope) => {
        const covered = scope.inherited('error_page').flatMap(({ args }) => args);
        const left = ['400', '404', '413', '502', '504'].filter((status) => !covered.includes(status));
        return left.length === 0
          ? []
          : [
              flaw(
                scope,
                null,
                `leaves ${left.join(', ')} as HTML`,
                'the `error_page` lines of the shipped configuration',
              ),
            ];
      }),
  },
  {
    name: 'retries',
    severity: 'breaks',
    flaw: '`proxy_next_upstream` with `non_idempotent`',
    consequence: 'one request of a client is several calls to ECPDS in the middle of an outage',
    find: (gateway) =>
      wherever(
        proxied(gateway),
        'proxy_next_upstream',
        (args) => !(args ?? []).includes('non_idempotent'),
        '`proxy_next_upstream off;`',
      ),
  },
  {
    name: 'next_upstream',
    severity: 'advice',
    flaw: '`proxy_next_upstream` is not `off`',
    consequence: 'with several authorizers one request may be asked of more than one',
    find: (gateway) =>
      wherever(
        proxied(gateway),
        'proxy_next_upstream',
        (args) => args?.[0] === 'off' || args?.includes('non_idempotent') === true,
        '`proxy_next_upstream off;`',
      ),
  },
  {
    name: 'subrequest_output_buffer_size',
    severity: 'breaks',
    flaw: '`subrequest_output_buffer_size` below 4k',
    consequence:
      'a refusal of the authorizer that does not fit ends without an answer: nginx closes the connection',
    find: (gateway) =>
      wherever(
        handlerScopes(gateway),
        'subrequest_output_buffer_size',
        (args) => args === null || (bytesOf(args[0]) ?? 0) >= 4096,
        '`subrequest_output_buffer_size 64k;`',
      ),
  },
  {
    name: 'proxy_buffer_size',
    severity: 'advice',
    flaw: `\`proxy_buffer_size\` of \`${CHECK}\` below 16k (by default a page of memory)`,
    consequence: 'an allow with a long token in its headers does not fit, and is 503',
    find: ({ checks }) =>
      wherever(
        checks,
        'proxy_buffer_size',
        (args) => (bytesOf(args?.[0]) ?? 0) >= 16_384,
        '`proxy_buffer_size 16k;`',
      ),
  },
  {
    name: 'large_client_header_buffers',
    severity: 'advice',
    flaw: '`large_client_header_buffers` with less than 64k for one header (by default 8k)',
    consequence: 'requests with a large token are refused',
    find: ({ guarded }) =>
      wherever(
        guarded,
        'large_client_header_buffers',
        (args) => (bytesOf(args?.[1]) ?? 0) >= 65_536,
        '`large_client_header_buffers 4 64k;`',
      ),
  },
  {
    name: 'aviso_idle_timeout',
    severity: 'advice',
    flaw: `connections to Aviso are kept longer than the ${AVISO_IDLE_SECONDS} s after which it closes them`,
    consequence: 'now and then a request meets a connection that is just closing: 503',
    find: ({ gateways }) =>
      unique(gateways.map(upstreamOfGateway))
        .filter((upstream) => upstream.own('keepalive').length > 0)
        .flatMap((upstream) => {
          const [directive = null] = upstream.own('keepalive_timeout');
          const fine = (secondsOf(directive?.args[0]) ?? DEFAULT_READ_SECONDS) < AVISO_IDLE_SECONDS;
          return fine
            ? []
            : [flaw(upstream, directive, said('keepalive_timeout', directive), '`keepalive_timeout 4s;`')];
        }),
  },
  {
    name: 'worker_connections',
    severity: 'advice',
    flaw: '`worker_connections` below 2048 (by default 512)',
    consequence:
      'each open stream takes two of them: a few hundred subscribers, and the next are turned away',
    find: ({ root, guarded }) => {
      const [events = root] = root.children('events');
      const cure = '`worker_connections 20000;`';
      const isFine = (args: readonly string[] | null): boolean => Number(args?.[0] ?? 0) >= 2048;
      return guarded.length === 0 ? [] : wherever([events], 'worker_connections', isFine, cure);
    },
  },
  {
    name: 'authorization_logged',
    severity: 'opens',
    flaw: 'a `log_format` writes `Authorization`',
    consequence: 'whoever reads the log can be any user until their token expires',
    find: ({ root }) => root.all.flatMap((scope) => loggedTokens(scope)),
  },
];

const wait = (args: readonly string[] | null): number =>
  args === null ? DEFAULT_READ_SECONDS : (secondsOf(args[0]) ?? 0);

const timeoutCure = (limit: number): string =>
  `\`proxy_read_timeout ${limit + MARGIN_SECONDS}s;\` (ecpds.request_timeout_seconds is ${limit})`;

const handlerScopes = ({ handlers }: NginxGateway): Scope[] =>
  unique(handlers.map(({ location }) => location));
const proxied = ({ checks, gateways }: NginxGateway): Scope[] => [...checks, ...gateways];

function upstreamOfGateway(scope: Scope): Scope | null {
  const [, host = ''] = /^https?:\/\/([^/:]+)/.exec(scope.own('proxy_pass')[0]?.args[0] ?? '') ?? [];
  return upstreamOf(host, scope);
}

function loggedTokens(scope: Scope): Flaw[] {
  return scope
    .own('log_format')
    .filter(({ args }) => args.some((arg) => /\$\{?(http|authz)_authorization\b/i.test(arg)))
    .map((directive) => flaw(scope, directive, 'writes the token of every request', 'a format without it'));
}
