import { figure } from '../../../../tools/bench/figures.js';
import type { Results } from '../../../../tools/bench/results.js';

/** Results as a run leaves them, of one part and one axis. */
export const RESULTS: Results = {
  command: 'npm run bench',
  date: '2026-11-24',
  machine: {
    cores: 2,
    cpu: 'a processor',
    memoryGb: 8,
    node: '20.18.0',
    envoy: '1.40.0',
    nginx: '1.22.1',
    wrk: '4.1.0',
    pinned: true,
  },
  figures: [figure('direct.to_bare', [0.81, 0.85, 0.83]), figure('direct.bare', [50_123.4])],
  curves: [
    {
      axis: 'users',
      points: [
        { x: 100, throughput: 0.82, memoryMb: 1.2 },
        { x: 1_000, throughput: 0.8, memoryMb: -0.2 },
      ],
    },
  ],
};
