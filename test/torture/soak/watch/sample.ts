import { residentMb } from '../../../../tools/bench/world/memory.js';
import { ownSeries, readSeries, type Series, valueIn } from './series.js';
import type { Sidecar } from './sidecar.js';
import { type Descriptors, descriptorsOf } from './sockets.js';

/** How the process stood at one moment of the load. */
export interface Sample {
  /** Since the beginning of the load. */
  readonly atSeconds: number;
  readonly rssMb: number;
  readonly heapMb: number;
  readonly externalMb: number;
  readonly descriptors: number;
  /** Connections that it has accepted for decisions. */
  readonly accepted: number;
  /** Connections that it has opened, to ECPDS. */
  readonly opened: number;
  /** What keeps its event loop going: sockets, timers and requests. */
  readonly resources: number;
  readonly timers: number;
  readonly cacheSize: number;
  readonly ownSeries: number;
  /** The longest that its event loop stood still since the sample before, in milliseconds. */
  readonly longestDelayMs: number;
}

const MB = 1_000_000;

export async function takeSample(sidecar: Sidecar, atSeconds: number): Promise<Sample> {
  const [text, inside] = await Promise.all([sidecar.page('/metrics'), sidecar.inspector.look()]);
  const series = readSeries(text);
  const descriptors = look(sidecar);
  return {
    ...{ atSeconds, rssMb: residentMb(sidecar.pid) },
    ...{ heapMb: inside.heapUsed / MB, externalMb: inside.external / MB },
    ...{
      descriptors: descriptors.all,
      accepted: acceptedBy(sidecar, descriptors),
      opened: openedBy(sidecar, descriptors),
    },
    resources: Object.values(inside.resources).reduce((sum, count) => sum + count, 0),
    timers: inside.resources['Timeout'] ?? 0,
    cacheSize: valueIn(series, 'aviso_ecpds_cache_size'),
    ownSeries: ownSeries(series),
    longestDelayMs: valueIn(series, 'nodejs_eventloop_lag_max_seconds') * 1000,
  };
}

/** What of a process must be as it was before: nothing is going on in it. */
export interface AtRest {
  readonly descriptors: number;
  readonly accepted: number;
  readonly opened: number;
  readonly cacheSize: number;
  /** Fetches that run or wait, over all servers. */
  readonly fetching: number;
  readonly series: Series;
}

export async function lookAtRest(sidecar: Sidecar): Promise<AtRest> {
  const [metrics, status] = [await sidecar.page('/metrics'), await sidecar.page('/status.json')];
  const series = readSeries(metrics);
  const descriptors = look(sidecar);
  return {
    descriptors: descriptors.all - (descriptors.accepted.get(sidecar.ports.admin) ?? 0),
    accepted: acceptedBy(sidecar, descriptors),
    opened: openedBy(sidecar, descriptors),
    cacheSize: valueIn(series, 'aviso_ecpds_cache_size'),
    fetching: fetchingIn(JSON.parse(status)),
    series,
  };
}

const look = ({ pid, ports }: Sidecar): Descriptors => descriptorsOf(pid, Object.values(ports));

const acceptedBy = ({ ports }: Sidecar, { accepted }: Descriptors): number =>
  (accepted.get(ports.http) ?? 0) + (accepted.get(ports.grpc) ?? 0);

const openedBy = ({ ecpdsPorts }: Sidecar, { opened }: Descriptors): number =>
  ecpdsPorts.reduce((sum, port) => sum + (opened.get(port) ?? 0), 0);

interface Status {
  readonly situation: { readonly servers: readonly { readonly inFlight: number; readonly queued: number }[] };
}

const fetchingIn = ({ situation }: Status): number =>
  situation.servers.reduce((sum, { inFlight, queued }) => sum + inFlight + queued, 0);
