import { Counter, type CounterConfiguration } from 'prom-client';

type Labels<L extends string> = Readonly<Record<L, string | number>>;

/**
 * A Prometheus counter that costs next to nothing to increment: it counts by itself and hands its counts to prom-client
 * when they are asked for. For closed sets of labels, since it keeps one count per combination.
 */
export class Tally<L extends string> {
  readonly #counter: Counter<L>;
  readonly #labelNames: readonly L[];
  readonly #counts = new Map<string, { readonly labels: Labels<L>; pending: number }>();

  constructor(options: Omit<CounterConfiguration<L>, 'collect' | 'labelNames'> & { labelNames: L[] }) {
    this.#labelNames = options.labelNames;
    this.#counter = new Counter({ ...options, collect: () => this.#handOver() });
  }

  inc(labels: Labels<L>): void {
    this.#countOf(labels).pending += 1;
  }

  /** Makes a series exist before anything was counted. */
  start(labels: Labels<L>): void {
    this.#counter.inc(labels, 0);
  }

  /** The series with their values, as prom-client has them. */
  get(): ReturnType<Counter<L>['get']> {
    return this.#counter.get();
  }

  #countOf(labels: Labels<L>) {
    const key = this.#keyOf(labels);
    const known = this.#counts.get(key);
    if (known !== undefined) return known;
    const count = { labels, pending: 0 };
    this.#counts.set(key, count);
    return count;
  }

  #keyOf(labels: Labels<L>): string {
    let key = '';
    for (const name of this.#labelNames) key += `${labels[name]}\n`;
    return key;
  }

  #handOver(): void {
    for (const count of this.#counts.values()) {
      this.#counter.inc(count.labels, count.pending);
      count.pending = 0;
    }
  }
}
