import { setTimeout as pause } from 'node:timers/promises';
import { monotonicMs } from '../clock.js';
import { GrpcClient } from './grpc-client.js';
import { HttpClient } from './http-client.js';
import { emptyLedger, enter, enterLatency, fail, type Ledger } from './ledger.js';
import { isSlow, type Plan } from './plan.js';
import type { Arrival } from './schedule.js';
import type { Came } from './wire.js';

export interface Ports {
  readonly http: number;
  readonly grpc: number;
}

export interface DriverOptions {
  readonly ports: Ports;
  readonly worldStartMs: number;
  readonly hangMs: number;
}

/** How many are out at once while the capacity is measured. */
const CLOSED_LOOP = 48;
/** As many as `protections.max_concurrent_fetches` lets go to a server at once, and as many again. */
const AT_ONCE = 128;

/** What a load came to. */
export interface Driven {
  readonly ledger: Ledger;
  /** Requests that were answered in a second while the load lasted. */
  readonly perSecond: number;
  /** The longest that a request was sent after it was due, in milliseconds: the generator's own stalls. */
  readonly latestMs: number;
}

/** Brings requests to a sidecar and keeps the ledger. All connections are closed when it is done. */
export class Driver {
  readonly #http: HttpClient;
  readonly #grpc: GrpcClient;
  readonly #worldStartMs: number;
  readonly #out = new Set<Promise<void>>();
  /** When requests for users that are out were sent. */
  readonly #outFor = new Map<string, number[]>();
  #ledger = emptyLedger();

  readonly #hangMs: number;

  constructor({ ports, worldStartMs, hangMs }: DriverOptions) {
    this.#http = new HttpClient(ports.http, (why) => fail(this.#ledger, why));
    this.#grpc = new GrpcClient(ports.grpc);
    this.#worldStartMs = worldStartMs;
    this.#hangMs = hangMs;
  }

  /** Each once, so many at a time that every connection is made that will ever be needed. */
  async allOnce(plans: readonly Plan[]): Promise<Driven> {
    this.#ledger = emptyLedger();
    const startMs = monotonicMs();
    const queue = plans.values();
    const worker = async (): Promise<void> => {
      for (const plan of queue) await this.#send(plan, null);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    await this.#allBack();
    const perSecond = (plans.length * 1000) / (monotonicMs() - startMs);
    return { ledger: this.#ledger, perSecond, latestMs: 0 };
  }

  /** A closed loop: the next request follows an answer. Slow ones come along and are not waited for. */
  async closedLoop(arrivals: Iterator<Arrival, never>, seconds: number): Promise<Driven> {
    this.#ledger = emptyLedger();
    const until = monotonicMs() + seconds * 1000;
    let answered = 0;
    const worker = async (): Promise<void> => {
      while (monotonicMs() < until) {
        const sent = this.#inTime(arrivals.next().value, until).map((plan) => ({
          plan,
          back: this.#send(plan, null),
        }));
        await Promise.all(sent.filter(({ plan }) => !isSlow(plan)).map(({ back }) => back));
        answered += sent.length;
      }
    };
    await Promise.all(Array.from({ length: CLOSED_LOOP }, worker));
    await this.#allBack();
    return { ledger: this.#ledger, perSecond: answered / seconds, latestMs: 0 };
  }

  /** An open loop: every request is sent when it is due, whatever became of the ones before. */
  async openLoop(arrivals: Iterator<Arrival, never>, seconds: number): Promise<Driven> {
    this.#ledger = emptyLedger();
    const startMs = monotonicMs();
    const until = startMs + seconds * 1000;
    let [latestMs, sent] = [0, 0];
    let next = arrivals.next().value;
    while (startMs + next.atMs < until) {
      const now = monotonicMs();
      const dueMs = startMs + next.atMs;
      if (dueMs > now) {
        await pause(Math.min(dueMs - now, 5));
        continue;
      }
      latestMs = Math.max(latestMs, now - dueMs);
      const plans = this.#inTime(next, until);
      for (const plan of plans) void this.#send(plan, { dueMs, startMs });
      sent += plans.length;
      next = arrivals.next().value;
    }
    await this.#allBack();
    return { ledger: this.#ledger, perSecond: sent / seconds, latestMs };
  }

  #send(plan: Plan, due: { readonly dueMs: number; readonly startMs: number } | null): Promise<void> {
    const sending = this.#bring(plan, due);
    this.#out.add(sending);
    void sending.finally(() => this.#out.delete(sending));
    return sending;
  }

  async #bring(plan: Plan, due: { readonly dueMs: number; readonly startMs: number } | null): Promise<void> {
    const sentMs = this.#now();
    const oldestMs = this.#goesOut(plan, sentMs);
    const came: Came = await (plan.transport === 'envoy_grpc' ? this.#grpc : this.#http).bring(plan);
    const answeredMs = this.#now();
    this.#isBack(plan, sentMs);
    enter(this.#ledger, plan, came, { sentMs, answeredMs }, oldestMs);
    if (due === null || came.kind !== 'answered') return;
    const { dueMs, startMs } = due;
    enterLatency(this.#ledger, plan, dueMs - startMs, answeredMs + this.#worldStartMs - startMs);
  }

  #now(): number {
    return monotonicMs() - this.#worldStartMs;
  }

  #goesOut({ user }: Plan, sentMs: number): number {
    if (user === null) return sentMs;
    const out = this.#outFor.get(user) ?? [];
    out.push(sentMs);
    this.#outFor.set(user, out);
    return out[0] ?? sentMs;
  }

  #isBack({ user }: Plan, sentMs: number): void {
    const out = user === null ? undefined : this.#outFor.get(user);
    out?.splice(out.indexOf(sentMs), 1);
  }

  async #allBack(): Promise<void> {
    while (this.#out.size > 0) await Promise.all(this.#out);
    this.#http.close();
    this.#grpc.close();
  }

  /** So near to the end nobody is asked for whose fetch would outlast it. */
  #inTime({ plans }: Arrival, until: number): readonly Plan[] {
    return plans.filter(({ kind }) => kind !== 'hanging' || monotonicMs() < until - this.#hangMs);
  }
}
