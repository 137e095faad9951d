import { of, once, onInstance, type RuleCase, stays } from './case.js';

const reloads = (outcome: string): string => of('aviso_authz_config_reloads_total', `outcome="${outcome}"`);
const dropped = (instance?: string): string => of('aviso_authz_log_lines_dropped_total', '', instance);

export const PROCESS_CASES: readonly RuleCase[] = [
  {
    alert: 'AvisoReloadFailed',
    name: 'a configuration that was not taken over',
    series: { [reloads('failure')]: once(1) },
    at: '50m',
    fires: onInstance('i could not take over a changed configuration'),
  },
  {
    alert: 'AvisoReloadFailed',
    name: 'configurations that were',
    series: { [reloads('success')]: once(3), [reloads('failure')]: stays(2) },
    at: '50m',
    fires: [],
  },
  {
    alert: 'AvisoLogLinesDropped',
    name: 'lines that found no room, on one process of two',
    series: { [dropped()]: '0x5 150x55', [dropped('j')]: stays(0) },
    at: '20m',
    fires: onInstance('i lost some 150 log lines in 15 minutes'),
  },
  {
    alert: 'AvisoLogLinesDropped',
    name: 'lines that were lost an hour ago',
    series: { [dropped()]: stays(150) },
    at: '20m',
    fires: [],
  },
];
