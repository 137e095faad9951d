import { createMetrics } from '../../src/observe/metrics.js';
import { PROVIDER, SERVER } from '../../tools/runbook.js';

type Labels = Readonly<Record<string, string>>;
const OF_OUR_LISTENER: Labels = { envoy_http_conn_manager_prefix: 'aviso' };

/** Series of other programs that rules name, with the labels that they have there. */
export const FOREIGN: Readonly<
  Record<string, { readonly owner: 'Prometheus' | 'Aviso' | 'Envoy'; readonly samples: readonly Labels[] }>
> = {
  up: { owner: 'Prometheus', samples: [] },
  aviso_sse_connections_total: { owner: 'Aviso', samples: [] },
  envoy_http_ext_authz_error: { owner: 'Envoy', samples: [OF_OUR_LISTENER] },
  envoy_http_ext_authz_failure_mode_allowed: { owner: 'Envoy', samples: [OF_OUR_LISTENER] },
  envoy_vhost_route_upstream_rq_total: {
    owner: 'Envoy',
    samples: [
      { envoy_virtual_host: 'aviso', envoy_route: 'watch' },
      { envoy_virtual_host: 'aviso', envoy_route: 'replay' },
    ],
  },
};

/** The labels of every sample that the program exports from start-up, by the name of the sample. */
export async function exported(): Promise<ReadonlyMap<string, readonly Labels[]>> {
  const metrics = await createMetrics('0', {
    keyStates: () => [PROVIDER],
    serverStates: () => [SERVER],
  }).registry.getMetricsAsJSON();
  const samples = new Map<string, Record<string, string>[]>();
  for (const { name, values } of metrics) {
    samples.set(name, samples.get(name) ?? []);
    for (const value of values) {
      const sample = 'metricName' in value ? String(value.metricName) : name;
      const labels = Object.entries(value.labels).map(([label, of]) => [label, String(of)]);
      samples.set(sample, [...(samples.get(sample) ?? []), Object.fromEntries(labels)]);
    }
  }
  return samples;
}

/** A series that an expression names, with its matchers. */
export interface Named {
  readonly name: string;
  readonly matchers: readonly { readonly label: string; readonly pattern: RegExp; readonly equal: boolean }[];
}

const WORDS = new Set(
  'absent and bool by clamp_min count group_left group_right histogram_quantile ignoring increase last_over_time max min offset on or rate sum time unless vector without'.split(
    ' ',
  ),
);

/** Every series in an expression of PromQL. Whatever word is not one of PromQL's is taken for a series. */
export function seriesIn(expr: string): Named[] {
  const bare = expr.replace(/\b(by|on|ignoring|without) \([^)]*\)/g, '').replace(/\[[^\]]*\]/g, '');
  const found = bare
    .replace(/offset \d+[smhdw]/g, '')
    .matchAll(/(?<![\w.])([a-z_:][a-z0-9_:]*)(?:\{([^}]*)\})?/g);
  return [...found]
    .filter(([, name = '']) => !WORDS.has(name))
    .map(([, name = '', matchers = '']) => ({ name, matchers: matchersIn(matchers) }));
}

function matchersIn(text: string): Named['matchers'] {
  return [...text.matchAll(/([a-z_]+)(=~|!~|!=|=)"([^"]*)"/g)].map(
    ([, label = '', operator = '', value = '']) => {
      const plain = operator.endsWith('~') ? value : value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      return { label, pattern: new RegExp(`^(?:${plain})$`), equal: operator.startsWith('=') };
    },
  );
}
