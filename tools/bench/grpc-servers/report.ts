import { columns } from '../report/table.js';
import type { Spread } from '../stats.js';
import type { Results } from './results.js';

/** Two tables: medians, and in brackets the lowest and the highest round. */
export function reportOf({ servers, codecs }: Results): string {
  const serverRows = servers.map(({ label, throughput, cpu, cpuToUnary, toUnary, toBare }) => [
    label,
    throughput.value.toFixed(0),
    withSpread(cpu, 0),
    withSpread(cpuToUnary, 2),
    withSpread(toUnary, 2),
    withSpread(toBare, 2),
  ]);
  const codecRows = codecs.map(({ label, decode, encode }) => [
    label,
    withSpread(decode, 1),
    withSpread(encode, 1),
  ]);
  const heads = [
    'server',
    'requests/s',
    'CPU us/request',
    'CPU to unary',
    'requests/s to unary',
    'to bare route',
  ];
  return [
    columns([heads, ...serverRows]),
    columns([['messages', 'decode, us', 'encode, us'], ...codecRows]),
  ].join('\n\n');
}

const withSpread = ({ value, low, high }: Spread, digits: number): string =>
  `${value.toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`;
