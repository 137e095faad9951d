import { servicesOf } from '../gateway.js';
import type { Part } from '../part.js';
import { type EnvoyCheck, flaw, said, unless } from './check.js';

/** Several authorizers: Envoy has to look who is ready, and to act on it. */
export const UNREADY: EnvoyCheck = {
  name: 'authz_endpoints_unready',
  severity: 'advice',
  flaw: 'several authorizers without `health_checks`, or with `healthy_panic_threshold` or `update_merge_window` not 0',
  consequence: 'checks go on to an authorizer that is about to end, or is gone: a restart of one costs 503s',
  find: (gateway) =>
    servicesOf(gateway).flatMap(({ cluster }) => {
      const found = gateway.clusters.named(cluster.text ?? '');
      return found === null || !hasSeveral(found) ? [] : flawsOf(found);
    }),
};

const hasSeveral = (cluster: Part): boolean =>
  cluster.at('load_assignment', 'endpoints').items.flatMap((part) => part.at('lb_endpoints').items).length >
  1;

function flawsOf(cluster: Part) {
  const checks = cluster.at('health_checks');
  if (checks.items.length === 0)
    return [
      flaw(checks, 'is not set for several endpoints', 'the lines of docs/proxies.md, "Several authorizers"'),
    ];
  const panic = cluster.at('common_lb_config', 'healthy_panic_threshold', 'value');
  const merge = cluster.at('common_lb_config', 'update_merge_window');
  return [
    ...unless(panic.number === 0, panic, said(panic), '`healthy_panic_threshold: { value: 0 }`'),
    ...unless(merge.seconds === 0, merge, said(merge), '`update_merge_window: 0s`'),
  ];
}
