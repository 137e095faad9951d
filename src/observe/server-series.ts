import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { ServerState } from '../domain/server-state.js';

/** The series about each ECPDS server, by its position in `ecpds.servers` (contract section 8). */
export interface ServerSeries {
  /** A call to a server has ended after so many seconds. */
  called(index: number, seconds: number): void;
  readonly skippedRecords: Counter<'server_index'>;
}

/** Upper bounds in seconds: from an answer out of the next rack to the default of `request_timeout_seconds`. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** @param states the configured servers, asked for at each scrape */
export function createServerSeries(registry: Registry, states: () => readonly ServerState[]): ServerSeries {
  const labelNames = ['server_index'] as const;
  const registers = [registry];
  const gauge = (name: string, help: string, read: (state: ServerState) => number): void => {
    new Gauge({
      name,
      help,
      labelNames,
      registers,
      collect() {
        this.reset();
        for (const state of states()) this.set({ server_index: state.index }, read(state));
      },
    });
  };
  gauge(
    'aviso_ecpds_server_up',
    '0 when the last call to an ECPDS server was a failure of any kind; 1 before the first call',
    ({ failure }) => (failure === null ? 1 : 0),
  );
  gauge(
    'aviso_ecpds_circuit_open',
    '1 while an ECPDS server is taken to be down and only probed',
    ({ circuitOpen }) => (circuitOpen ? 1 : 0),
  );
  gauge('aviso_ecpds_fetches_in_flight', 'Calls to an ECPDS server that run', ({ inFlight }) => inFlight);
  gauge(
    'aviso_ecpds_fetches_queued',
    'Calls to an ECPDS server that wait for one that runs to end',
    ({ queued }) => queued,
  );
  const known = new Set<number>();
  const duration = new Histogram({
    name: 'aviso_ecpds_fetch_duration_seconds',
    help: 'Time of one call to an ECPDS server, without the wait for its turn',
    labelNames,
    buckets: BUCKETS,
    registers,
    collect() {
      for (const { index } of states()) {
        if (!known.has(index)) this.zero({ server_index: index });
        known.add(index);
      }
    },
  });
  return {
    called(index, seconds) {
      known.add(index);
      duration.observe({ server_index: index }, seconds);
    },
    skippedRecords: new Counter({
      name: 'aviso_ecpds_skipped_records_total',
      help: 'Active records of an ECPDS server without a text in target_field; they do not count',
      labelNames,
      registers,
      collect() {
        for (const { index } of states()) this.inc({ server_index: index }, 0);
      },
    }),
  };
}
