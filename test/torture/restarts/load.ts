import { setTimeout as pause } from 'node:timers/promises';
import { Pool } from 'undici';
import { bodyOf, type Question } from './questions.js';
import type { Tally } from './tally.js';

/** What a client may see besides the one right answer. */
export interface Weather {
  /** From when to when, by the monotonic clock, a 503 is right as well: somebody was killed. */
  readonly killed: { readonly from: number; to: number }[];
  /** From when to when nobody is there at all, and only a 503 is right. */
  readonly alone: { readonly from: number; to: number }[];
}

export interface LoadOptions {
  readonly port: number;
  /** For failures: `Envoy over gRPC`. */
  readonly way: string;
  readonly perSecond: number;
  readonly ask: () => Question;
  readonly weather: Weather;
  readonly tally: Tally;
  /** Ids of requests that the gateway saw. */
  readonly passed: ReadonlySet<string>;
}

/** Requests at a steady rate, whether or not earlier ones were answered. */
export class Load {
  readonly #pool: Pool;
  readonly #pending = new Set<Promise<void>>();
  #going = true;
  #sent = 0;

  constructor(private readonly options: LoadOptions) {
    this.#pool = new Pool(`http://127.0.0.1:${options.port}`, {
      connections: 256,
      headersTimeout: 20_000,
      keepAliveTimeout: 30_000,
    });
  }

  /** Sends until it is stopped; resolves when all have their answer. */
  async run(): Promise<void> {
    let due = performance.now();
    while (this.#going) {
      for (; due <= performance.now(); due += 1000 / this.options.perSecond) this.#send();
      await pause(2);
    }
    await Promise.all(this.#pending);
    await this.#pool.close();
  }

  /** So many requests on top, a millisecond apart, for the moments that matter. */
  async burst(count: number): Promise<void> {
    for (let sent = 0; sent < count; sent++) {
      this.#send();
      await pause(1);
    }
  }

  stop(): void {
    this.#going = false;
  }

  #send(): void {
    const question = this.options.ask();
    const sending = this.#exchange(question, `${this.options.port}-${this.#sent++}`);
    this.#pending.add(sending);
    void sending.finally(() => this.#pending.delete(sending));
  }

  async #exchange(question: Question, id: string): Promise<void> {
    const { tally, way } = this.options;
    tally.cases += 1;
    const from = performance.now();
    try {
      const { authorization } = question;
      const { statusCode, headers, body } = await this.#pool.request({
        path: '/api/v1/watch',
        method: 'POST',
        headers: { 'x-request-id': id, ...(authorization === null ? {} : { authorization }) },
        body: bodyOf(question),
      });
      const text = await body.text();
      this.#judge(question, { id, from, status: statusCode, type: String(headers['content-type']), text });
    } catch (error) {
      tally.fail(
        `${way}: ${said(question)} got no answer: ${error instanceof Error ? error.message : error}`,
      );
    }
  }

  #judge(question: Question, got: Got): void {
    const { tally, way, passed } = this.options;
    const { status, id } = got;
    const took = Math.round(performance.now() - got.from);
    const came = `${way}: ${said(question)} got ${status} after ${took} ms (${got.text.slice(0, 60)})`;
    if (status === 200 || passed.has(id)) {
      tally.allowed += 1;
      if (question.expected !== 200) {
        tally.wrongAllows += 1;
        tally.fail(`${came}, and reached the gateway: wrongly allowed`);
      }
    }
    if (isWithin(got, this.options.weather.alone)) {
      tally.expect(status === 503, `${came} while no sidecar was there, not 503`);
    }
    if (status === question.expected) return;
    if (status !== 503 || !overlaps(got, this.options.weather.killed)) {
      tally.fail(`${came}, not ${question.expected}`);
      return;
    }
    tally.unavailable += 1;
    tally.expect(
      got.type.startsWith('application/json') && got.text.includes('SERVICE_UNAVAILABLE'),
      `${came}: not JSON`,
    );
  }
}

interface Got {
  readonly id: string;
  readonly from: number;
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

type Times = Weather['killed'];

const overlaps = ({ from }: Got, times: Times): boolean =>
  times.some((time) => time.from <= performance.now() && from <= time.to);
const isWithin = ({ from }: Got, times: Times): boolean =>
  times.some((time) => time.from <= from && performance.now() <= time.to);

const said = ({ who, destination }: Question): string => `${who} asking for ${destination ?? 'nothing'}`;
