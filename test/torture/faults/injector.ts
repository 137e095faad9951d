import { type Fault, THROWN, WRONG } from './fault.js';
import type { PointName } from './points.js';

/** What the asker of something slow waits, in milliseconds. */
export const SHORT_MS = 60;
/** How long after the deadline of its asker something late comes, in milliseconds. */
const LATE_MS = 40;

/** Stands in every dependency, and lets one of them fail at a time. */
export class Injector {
  #point: PointName | null = null;
  #fault: Fault = { kind: 'hangs' };
  #fired = 0;
  #jump = 0;
  readonly #late = new Set<Promise<unknown>>();

  arm(point: PointName, fault: Fault): void {
    this.#point = point;
    this.#fault = fault;
    this.#fired = 0;
  }

  /** From now on everything works again. How often the fault was met. */
  disarm(): number {
    this.#point = null;
    return this.#fired;
  }

  /** Waits for what came late. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#late);
    this.#late.clear();
  }

  /** What a point that answers at once gives. */
  value<T>(point: PointName, real: () => T): T {
    const fault = this.#met(point);
    if (fault?.kind === 'throws') throw THROWN[fault.value]();
    return fault?.kind === 'gives' ? (WRONG[fault.value] as T) : real();
  }

  /** What a point that answers by a promise gives. */
  promise<T>(point: PointName, real: () => T): T {
    const fault = this.#met(point);
    switch (fault?.kind) {
      case undefined:
        return real();
      case 'throws':
        throw THROWN[fault.value]();
      case 'rejects':
        return Promise.reject(THROWN[fault.value]()) as T;
      case 'gives':
        return Promise.resolve(WRONG[fault.value]) as T;
      case 'late':
        return this.later(real) as T;
      case 'twice':
        return twice(real) as T;
      default:
        return new Promise(() => undefined) as T;
    }
  }

  /** The pieces of a body. */
  async *stream(point: PointName, pieces: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const fault = this.#met(point);
    if (fault?.kind === 'throws') throw THROWN[fault.value]();
    for (const piece of pieces) {
      yield fault?.kind === 'gives' ? (WRONG[fault.value] as unknown as Uint8Array) : piece;
      if (fault?.kind === 'rejects') throw THROWN[fault.value]();
      if (fault?.kind === 'hangs') await new Promise(() => undefined);
      if (fault?.kind === 'late') await this.later(() => undefined);
    }
  }

  /** How many times something is to call back: once, or twice. */
  times(point: PointName): 1 | 2 {
    return this.#met(point)?.kind === 'twice' ? 2 : 1;
  }

  /** A clock that jumps stays where it went until it is set right. */
  clock(point: PointName, real: () => number): number {
    const fault = this.#met(point);
    if (fault?.kind === 'throws') throw THROWN[fault.value]();
    if (fault?.kind === 'jumps' && this.#fired === 2) this.#jump = fault.byMs;
    return real() + this.#jump;
  }

  /** Time passes, as on a host that sleeps, while something is waited for. */
  sleep<T>(point: PointName, real: () => T): T {
    const fault = this.#met(point);
    if (fault?.kind === 'throws') throw THROWN[fault.value]();
    if (fault?.kind === 'jumps') this.#jump = fault.byMs;
    return real();
  }

  setClockRight(): void {
    this.#jump = 0;
  }

  private later<T>(real: () => T): Promise<Awaited<T>> {
    const late = new Promise((resolve) => setTimeout(resolve, SHORT_MS + LATE_MS)).then(real) as Promise<
      Awaited<T>
    >;
    this.#late.add(late.catch(() => undefined));
    return late;
  }

  #met(point: PointName): Fault | null {
    if (point !== this.#point) return null;
    this.#fired += 1;
    return this.#fault;
  }
}

/** Settles as no promise does: twice, and the second time with something else. */
function twice<T>(real: () => T): PromiseLike<unknown> {
  return {
    // biome-ignore lint/suspicious/noThenProperty: that is what it is
    then(resolve) {
      void Promise.resolve(real()).then((value) => {
        resolve?.(value);
        resolve?.(WRONG.allow);
      });
      return Promise.resolve() as never;
    },
  };
}
