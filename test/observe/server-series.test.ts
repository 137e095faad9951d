import t from 'tap';
import type { ServerState } from '../../src/domain/server-state.js';
import { createMetrics } from '../../src/observe/metrics.js';

const state = (index: number, parts: Partial<ServerState> = {}): ServerState => ({
  index,
  server: new URL(`https://ecpds-${index}.example/`),
  failure: null,
  circuitOpen: false,
  inFlight: 0,
  queued: 0,
  ...parts,
});
const DOWN = { outcome: 'Unreachable', error: 'ECONNREFUSED', since: 0 } as const;

function setUp(...initial: ServerState[]) {
  const states = [...initial];
  const metrics = createMetrics('0', { serverStates: () => states });
  const samples = async (name: string): Promise<string[]> =>
    (await metrics.registry.metrics()).split('\n').filter((line) => line.startsWith(`${name}{`));
  return { metrics, states, samples };
}

t.test('each server has every series from the start, neutral', async (t) => {
  const { samples } = setUp(state(0), state(1));
  for (const [name, value] of [
    ['aviso_ecpds_server_up', 1],
    ['aviso_ecpds_circuit_open', 0],
    ['aviso_ecpds_fetches_in_flight', 0],
    ['aviso_ecpds_fetches_queued', 0],
    ['aviso_ecpds_fetch_duration_seconds_count', 0],
    ['aviso_ecpds_skipped_records_total', 0],
  ] as const) {
    t.same(await samples(name), [`${name}{server_index="0"} ${value}`, `${name}{server_index="1"} ${value}`]);
  }
});

t.test('they follow the servers at each scrape', async (t) => {
  const { states, samples } = setUp(state(0));
  states[0] = state(0, { failure: DOWN, circuitOpen: true, inFlight: 3, queued: 5 });
  t.same(await samples('aviso_ecpds_server_up'), ['aviso_ecpds_server_up{server_index="0"} 0']);
  t.same(await samples('aviso_ecpds_circuit_open'), ['aviso_ecpds_circuit_open{server_index="0"} 1']);
  t.same(await samples('aviso_ecpds_fetches_in_flight'), [
    'aviso_ecpds_fetches_in_flight{server_index="0"} 3',
  ]);
  t.same(await samples('aviso_ecpds_fetches_queued'), ['aviso_ecpds_fetches_queued{server_index="0"} 5']);
  states.pop();
  t.same(await samples('aviso_ecpds_server_up'), [], 'a server that is configured no more has none');
});

t.test('a call before the first scrape is counted', async (t) => {
  const { metrics, samples } = setUp(state(0));
  metrics.servers.called(0, 0.02);
  metrics.servers.called(0, 40);
  t.same(await samples('aviso_ecpds_fetch_duration_seconds_count'), [
    'aviso_ecpds_fetch_duration_seconds_count{server_index="0"} 2',
  ]);
  t.same(await samples('aviso_ecpds_fetch_duration_seconds_sum'), [
    'aviso_ecpds_fetch_duration_seconds_sum{server_index="0"} 40.02',
  ]);
});
