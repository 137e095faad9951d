import { Writable } from 'node:stream';
import type { Registry } from 'prom-client';

/** One event, as the sidecar wrote it. */
export type LoggedEvent = Readonly<Record<string, unknown>>;

/** What the sidecar said and counted, so that the demo can show it beside what the client saw. */
export interface Witness {
  /** Where the sidecar is to write its log. */
  readonly output: Writable;
  /** The events and moved counters since the last call. */
  since(): Promise<{ readonly events: readonly LoggedEvent[]; readonly moved: readonly string[] }>;
  /** From now on events are also shown as they come. */
  follow(show: (line: string) => void): void;
}

export function createWitness(registry: () => Registry): Witness {
  let events: LoggedEvent[] = [];
  let before = new Map<string, number>();
  let follower: ((line: string) => void) | null = null;
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      const line = chunk.toString('utf8').trimEnd();
      if (follower === null) events.push(JSON.parse(line));
      else follower(line);
      done();
    },
  });
  return {
    output,
    async since() {
      const now = await counters(registry());
      const moved = [...now].filter(([name, value]) => value > (before.get(name) ?? 0)).map(([name]) => name);
      const seen = events;
      before = now;
      events = [];
      return { events: seen, moved };
    },
    follow(show) {
      follower = show;
    },
  };
}

/** Every counter of ours by its name with labels, as Prometheus writes it. */
async function counters(registry: Registry): Promise<Map<string, number>> {
  const values = new Map<string, number>();
  for (const metric of await registry.getMetricsAsJSON()) {
    if (metric.type.toString() !== 'counter' || !metric.name.startsWith('aviso_')) continue;
    for (const { labels, value } of metric.values) {
      const pairs = Object.entries(labels).map(([name, label]) => `${name}="${label}"`);
      values.set(pairs.length === 0 ? metric.name : `${metric.name}{${pairs.join(',')}}`, value);
    }
  }
  return values;
}
