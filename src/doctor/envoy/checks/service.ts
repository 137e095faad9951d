import { checkSeconds, givesEcpdsItsTime, roundedUp } from '../../budget.js';
import { MARGIN_SECONDS } from '../../gated.js';
import { protocolOptions, speaksHttp2 } from '../clusters.js';
import { type EnvoyGateway, type Service, servicesOf } from '../gateway.js';
import type { Part } from '../part.js';
import { type EnvoyCheck, flaw, said, unless } from './check.js';
import { UNREADY } from './unready.js';

/** gRPC only: what Envoy waits when it is told nothing, in seconds. */
const GRPC_DEFAULT_SECONDS = 0.2;

/** How the authorizer is asked, and for how long. */
export const SERVICE: readonly EnvoyCheck[] = [
  {
    name: 'authz_service',
    severity: 'breaks',
    flaw: 'neither `http_service` nor `grpc_service`',
    consequence: 'Envoy ends as soon as it starts',
    find: (gateway) =>
      gateway.guarded
        .filter((manager) => !servicesOf(gateway).some((service) => service.manager === manager))
        .map(({ config }) =>
          flaw(
            config.at('http_filters'),
            'asks no authorizer',
            '`http_service` or `grpc_service` as shipped',
          ),
        ),
  },
  {
    name: 'authz_timeout',
    severity: 'breaks',
    flaw: 'the `timeout` of the check leaves ECPDS less than `ecpds.request_timeout_seconds`, is `0s` (for ever), or is not set (gRPC: 200 ms)',
    consequence:
      'checks that ECPDS would still have answered become 503; with `0s` a hung authorizer holds requests for ever',
    find: (gateway) =>
      servicesOf(gateway).flatMap((service) => {
        const seconds = waits(service);
        const fine = seconds > 0 && givesEcpdsItsTime(seconds, gateway.budget);
        return unless(fine, service.timeout, said(service.timeout), timeoutCure(gateway));
      }),
  },
  {
    name: 'authz_timeout_margin',
    severity: 'advice',
    flaw: `the \`timeout\` of the check is less than \`ecpds.request_timeout_seconds\` and ${MARGIN_SECONDS} s`,
    consequence: 'no time is left for the way there and back, or for auth-o-tron before it',
    find: (gateway) =>
      servicesOf(gateway).flatMap((service) => {
        const seconds = waits(service);
        const judged = seconds > 0 && givesEcpdsItsTime(seconds, gateway.budget);
        const fine = !judged || seconds >= gateway.budget.requestTimeoutSeconds + MARGIN_SECONDS;
        return unless(fine, service.timeout, said(service.timeout), timeoutCure(gateway));
      }),
  },
  {
    name: 'authz_retries',
    severity: 'breaks',
    flaw: '`retry_policy` in `http_service` or `grpc_service`',
    consequence: 'one request of a client is several calls to ECPDS in the middle of an outage',
    find: (gateway) =>
      servicesOf(gateway).flatMap(({ part }) => {
        const policy = part.at('retry_policy');
        return policy.isThere ? [flaw(policy, 'is set', 'no `retry_policy`')] : [];
      }),
  },
  {
    name: 'path_prefix',
    severity: 'breaks',
    flaw: '`path_prefix` is not `/envoy` (HTTP)',
    consequence:
      'without it a 503 or 500 of the authorizer loses its body and its reason in Envoy; under another prefix every request is 404',
    find: (gateway) =>
      servicesOf(gateway)
        .filter(({ kind }) => kind === 'http')
        .flatMap(({ part }) => {
          const [prefix, override] = [part.at('path_prefix'), part.at('path_override')];
          const fine =
            prefix.text === '/envoy' || /^\/envoy\/api\/v1\/(watch|replay)$/.test(override.text ?? '');
          return unless(
            fine,
            override.isThere ? override : prefix,
            said(override.isThere ? override : prefix),
            '`path_prefix: /envoy`',
          );
        }),
  },
  {
    name: 'authz_cluster',
    severity: 'breaks',
    flaw: 'the check asks a cluster that is in none of the files, or over gRPC one that does not speak HTTP/2',
    consequence: 'every check fails: 503',
    find: (gateway) => servicesOf(gateway).flatMap((service) => clusterFlaws(service, gateway)),
  },
  {
    name: 'authz_idle_timeout',
    severity: 'breaks',
    flaw: 'connections to the authorizer are kept longer than the 65 minutes after which it closes them',
    consequence: 'now and then a check meets a connection that is just closing: 503',
    find: (gateway) =>
      servicesOf(gateway).flatMap(({ cluster }) => {
        const found = gateway.clusters.named(cluster.text ?? '');
        if (found === null) return [];
        const idle = idleTimeout(found);
        const fine = !idle.isThere || ((idle.seconds ?? 0) > 0 && (idle.seconds ?? 0) < 3900);
        return unless(fine, idle, said(idle), '`idle_timeout: 60s`');
      }),
  },
  {
    name: 'authz_health_checks',
    severity: 'advice',
    flaw: '`health_checks` for an authorizer that is alone',
    consequence: 'one slow answer to a health check, and every check is 503',
    find: (gateway) =>
      servicesOf(gateway).flatMap(({ cluster }) => {
        const found = gateway.clusters.named(cluster.text ?? '');
        const isAlone =
          found !== null &&
          found.at('load_assignment', 'endpoints').items.flatMap((part) => part.at('lb_endpoints').items)
            .length === 1;
        const isNamed = found?.at('type').isOneOf('STRICT_DNS', 1) === true;
        return isAlone && !isNamed && found.at('health_checks').items.length > 0
          ? [
              flaw(
                found.at('health_checks'),
                'checks a single endpoint',
                'no `health_checks`, or several endpoints',
              ),
            ]
          : [];
      }),
  },
  UNREADY,
  {
    name: 'grpc_keepalive',
    severity: 'advice',
    flaw: 'no `connection_keepalive` in the cluster of the authorizer (gRPC)',
    consequence:
      'when its host vanishes, every check on the connection runs into its time-out, for as long as TCP keeps trying',
    find: (gateway) =>
      servicesOf(gateway)
        .filter(({ kind }) => kind === 'grpc')
        .flatMap(({ cluster }) => {
          const found = gateway.clusters.named(cluster.text ?? '');
          if (found === null) return [];
          const part = protocolOptions(found).at(
            'explicit_http_config',
            'http2_protocol_options',
            'connection_keepalive',
          );
          return unless(
            part.isThere,
            part,
            'is not set',
            '`connection_keepalive: { interval: 30s, timeout: 10s }`',
          );
        }),
  },
];

/** How long Envoy waits, in seconds; 0 is for ever. */
const waits = ({ kind, timeout }: Service): number =>
  timeout.seconds ?? (kind === 'grpc' && !timeout.isThere ? GRPC_DEFAULT_SECONDS : 0);

const timeoutCure = ({ budget }: EnvoyGateway): string =>
  `\`timeout: ${roundedUp(checkSeconds(budget))}s\` (ecpds.request_timeout_seconds is ${budget.requestTimeoutSeconds})`;

function clusterFlaws({ kind, cluster }: Service, { clusters }: EnvoyGateway) {
  if (cluster.text === null) return [];
  const found = clusters.named(cluster.text);
  if (found === null)
    return [
      flaw(
        cluster,
        'names a cluster that is not here',
        'the name of a cluster, or another `--envoy` file with it',
      ),
    ];
  const fine = kind === 'http' || speaksHttp2(found);
  return unless(
    fine,
    found,
    'does not speak HTTP/2',
    '`explicit_http_config: { http2_protocol_options: {} }`',
  );
}

/** How long a cluster keeps a connection without a request on it. */
export const idleTimeout = (cluster: Part): Part => {
  const modern = protocolOptions(cluster).at('common_http_protocol_options', 'idle_timeout');
  const legacy = cluster.at('common_http_protocol_options', 'idle_timeout');
  return legacy.isThere ? legacy : modern;
};
