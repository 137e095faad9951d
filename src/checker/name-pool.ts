import { ownCopy } from '../json/own-copy.js';
import type { DestinationList } from './destinations.js';

/**
 * Destination names, each held once however many users may read it. A list is an array of small numbers.
 *
 * A number is given to another name only after every list that holds it has been collected as garbage: a list that
 * anybody can still ask, evicted or not, never changes its meaning.
 */
export class NamePool {
  readonly #ids = new Map<string, number>();
  readonly #entries: Entry[] = [];
  readonly #free: number[] = [];
  readonly #collected = new FinalizationRegistry<Uint32Array>((ids) => this.#release(ids));

  /** How many distinct names are held. */
  get size(): number {
    return this.#ids.size;
  }

  /** The list of these names, repeated or not, in any order. */
  list(names: Iterable<string>): DestinationList {
    const ids = Uint32Array.from(new Set(Array.from(names, (name) => this.#idFor(name)))).sort();
    for (const id of ids) this.#entryOf(id).uses += 1;
    const list = new PooledList(this.#ids, ids);
    this.#collected.register(list, ids);
    return list;
  }

  #idFor(name: string): number {
    const known = this.#ids.get(name);
    if (known !== undefined) return known;
    const own = ownCopy(name);
    const id = this.#free.pop() ?? this.#entries.length;
    this.#entries[id] = { name: own, uses: 0 };
    this.#ids.set(own, id);
    return id;
  }

  #entryOf(id: number): Entry {
    const entry = this.#entries[id];
    if (entry === undefined) throw new Error(`no destination name has the number ${id}`);
    return entry;
  }

  #release(ids: Uint32Array): void {
    for (const id of ids) {
      const entry = this.#entryOf(id);
      entry.uses -= 1;
      if (entry.uses > 0) continue;
      this.#ids.delete(entry.name);
      this.#free.push(id);
    }
  }
}

interface Entry {
  readonly name: string;
  /** How many lists hold it. */
  uses: number;
}

/** The ids of a user's destinations, in ascending order. */
class PooledList implements DestinationList {
  constructor(
    private readonly idOf: ReadonlyMap<string, number>,
    private readonly ids: Uint32Array,
  ) {}

  get size(): number {
    return this.ids.length;
  }

  has(destination: string): boolean {
    const id = this.idOf.get(destination);
    return id !== undefined && contains(this.ids, id);
  }
}

function contains(sorted: Uint32Array, wanted: number): boolean {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? wanted) < wanted) low = middle + 1;
    else high = middle;
  }
  return sorted[low] === wanted;
}
