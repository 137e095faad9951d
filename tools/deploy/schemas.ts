import type { FindOptions } from '../../src/demo/envoy-binary.js';
import type { Result } from '../../src/domain/result.js';
import { type GoModule, moduleFiles } from './go.js';

const GATEWAY_CRDS = 'charts/gateway-crds-helm/templates';

/** Who defines what the examples use, at the newest version whose module carries it. */
const MODULES: readonly GoModule[] = [
  {
    module: 'github.com/envoyproxy/gateway',
    version: 'v1.9.1',
    keep: {
      [`${GATEWAY_CRDS}/generated`]: 'envoy-gateway',
      [`${GATEWAY_CRDS}/standard-gatewayapi-crds.yaml`]: 'gateway-api.yaml',
    },
  },
  {
    module: 'istio.io/api',
    version: 'v1.32.0',
    keep: {
      'kubernetes/customresourcedefinitions.gen.yaml': 'istio.yaml',
      'mesh/v1alpha1/config.proto': 'istio-mesh-config.proto',
    },
  },
  {
    module: 'github.com/prometheus-operator/prometheus-operator',
    version: 'v0.85.0',
    keep: {
      'example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml': 'servicemonitors.yaml',
      'example/prometheus-operator-crd/monitoring.coreos.com_prometheusrules.yaml': 'prometheusrules.yaml',
    },
  },
  {
    module: 'github.com/compose-spec/compose-go/v2',
    version: 'v2.16.2',
    keep: { 'schema/compose-spec.json': 'compose-spec.json' },
  },
];

/** A folder of the cache with the schemas of custom resources and of compose files. */
export function findSchemas(options: FindOptions): Promise<Result<string, string>> {
  const name = MODULES.map(({ module, version }) => `${module.split('/')[1]}-${version}`).join('-');
  return moduleFiles(`schemas-${name}`, MODULES, options);
}
