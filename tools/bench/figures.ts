import { ratios, type Spread, spreadOf } from './stats.js';

export type Unit = 'ratio' | 'requests/s' | 'ms' | 'µs' | 'MB' | 'KB';

/** What is measured, by part and name. The one list of it: tables, gates and `docs/performance.md` speak of these. */
export const FIGURES = {
  'envoy.http_to_static': ['sidecar over HTTP / static authorizer', 'ratio'],
  'envoy.grpc_to_static': ['sidecar over gRPC / static authorizer', 'ratio'],
  'envoy.grpc_to_http': ['sidecar over gRPC / sidecar over HTTP', 'ratio'],
  'envoy.http_to_none': ['sidecar over HTTP / no authorizer', 'ratio'],
  'envoy.grpc_to_none': ['sidecar over gRPC / no authorizer', 'ratio'],
  'envoy.http': ['sidecar over HTTP', 'requests/s'],
  'envoy.http_static': ['static authorizer over HTTP', 'requests/s'],
  'envoy.grpc': ['sidecar over gRPC', 'requests/s'],
  'envoy.grpc_static': ['static authorizer over gRPC', 'requests/s'],
  'envoy.none': ['no authorizer', 'requests/s'],
  'envoy.http_cpu': ['CPU time of the sidecar per request over HTTP', 'µs'],
  'envoy.http_static_cpu': ['CPU time of the static authorizer over HTTP', 'µs'],
  'envoy.grpc_cpu': ['CPU time of the sidecar per request over gRPC', 'µs'],
  'envoy.grpc_static_cpu': ['CPU time of the static authorizer over gRPC', 'µs'],
  'direct.to_bare': ['sidecar / bare Fastify route', 'ratio'],
  'direct.sidecar': ['sidecar', 'requests/s'],
  'direct.bare': ['bare Fastify route', 'requests/s'],
  'direct.sidecar_cpu': ['CPU time of the sidecar per request', 'µs'],
  'direct.bare_cpu': ['CPU time of the bare route', 'µs'],
  'users.p99_many_to_one': ['p99 of 10,000 users / p99 of one', 'ratio'],
  'users.throughput_many_to_one': ['throughput of 10,000 users / of one', 'ratio'],
  'users.p99_one': ['p99, one user', 'ms'],
  'users.p99_many': ['p99, 10,000 users', 'ms'],
  'memory.growth': ['growth of the process, 10,000 users', 'MB'],
  'memory.live_growth': ['growth of live data, 10,000 users', 'MB'],
  'memory.live_naive': ['live data of a map of sets, 10,000 users', 'MB'],
  'memory.live_to_naive': ['growth of live data / map of sets', 'ratio'],
  'memory.process_before': ['process before, warmed up', 'MB'],
  'isolation.p99_to_healthy': ['p99 while a server hangs / while it does not', 'ratio'],
  'isolation.p99_healthy': ['p99 while all servers answer', 'ms'],
  'isolation.p99_hanging': ['p99 while one hangs', 'ms'],
  'isolation.kb_per_waiting': ['live data per waiting request', 'KB'],
} as const satisfies Record<string, readonly [label: string, unit: Unit]>;

export type FigureId = keyof typeof FIGURES;

/** One line of the table: the median of some rounds, and how far they were apart. */
export interface Figure extends Spread {
  readonly id: FigureId;
}

export const labelOf = (id: FigureId): string => FIGURES[id][0];
export const unitOf = (id: FigureId): Unit => FIGURES[id][1];
export const isFigureId = (id: string): id is FigureId => Object.hasOwn(FIGURES, id);

export const figure = (id: FigureId, values: readonly number[]): Figure => ({ id, ...spreadOf(values) });

/** The median of the rounds' ratios, not the ratio of medians: both sides of a round met the same machine. */
export const ratioFigure = (id: FigureId, subject: readonly number[], reference: readonly number[]): Figure =>
  figure(id, ratios(subject, reference));
