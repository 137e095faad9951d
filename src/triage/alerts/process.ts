import { grew } from '../promql.js';
import type { Alert } from '../symptom.js';

export const STALE_CONFIGURATION_ALERTS: readonly Alert[] = [
  {
    name: 'AvisoReloadFailed',
    expr: `${grew('aviso_authz_config_reloads_total{outcome="failure"}', '1h', 'job, instance')} > 0`,
    forSeconds: 0,
    severity: 'ticket',
    summary: '{{ $labels.instance }} could not take over a changed configuration',
    description: 'The old settings hold, but the next start with these files will end with exit code 2.',
    why: 'Any. An hour, so that it is seen; it says nothing about what has been mended since.',
  },
];

export const LOST_LOG_LINES_ALERTS: readonly Alert[] = [
  {
    name: 'AvisoLogLinesDropped',
    expr: `${grew('aviso_authz_log_lines_dropped_total', '15m', 'job, instance')} > 0`,
    forSeconds: 0,
    severity: 'ticket',
    summary: '{{ $labels.instance }} lost some {{ $value | printf "%.0f" }} log lines in 15 minutes',
    description: 'Nobody reads the log fast enough. Decisions are not affected; counting users in it is.',
    why: 'Any: the log has gaps, and whoever counts in it has to know.',
  },
];
