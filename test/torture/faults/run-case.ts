import { setTimeout as pause } from 'node:timers/promises';
import type { Asker, Transport } from './ask.js';
import { type Question, TRANSPORTS } from './ask.js';
import type { Case } from './cases.js';
import { isSlow } from './fault.js';
import { SHORT_MS } from './injector.js';
import { type Answered, isBehindTheCache, judge, type Records } from './judge.js';
import { pointOf } from './points.js';
import { statusOf, truthOf } from './truth.js';
import { PATIENT_MS, REQUEST_TIMEOUT_MS, type World } from './world.js';

/** What became of one case. */
export interface Tried {
  /** How often the fault was met: a case that never met it proves nothing. */
  readonly fired: number;
  readonly asked: number;
  readonly allowed: number;
  readonly wrongAllows: number;
  readonly problems: readonly string[];
}

/** `refresh_ahead` begins at 80 % of the 300 s that a list lives. */
const OLD_MS = 0.85 * 300_000;
/** What an answer may take beyond its deadline on a machine that is busy, in milliseconds. */
const MARGIN_MS = 2_000;
const UNHURRIED_MS = 4_000;

/** Breaks one thing under three requests of one user at once, puts it right, and sees that all works again. */
export async function runCase(world: World, asker: Asker, tested: Case, number: number): Promise<Tried> {
  const bench = new Bench(world, asker, `reader-${number}`, number);
  if (tested.state !== 'miss') await bench.warmUp();
  if (tested.state === 'old') world.advance(OLD_MS);
  const broken = await bench.under(tested);
  const problems = judge(tested, broken.answered, broken.records, limitOf(tested));
  await recovered(world, tested);
  const after = await bench.afterwards();
  const all = [...broken.answered, ...after.answered];
  const allows = all.filter(({ came }) => came.status === 200).map(({ question }) => question);
  const wrong = allows.filter(({ username, destination }) => !truthOf(username, destination));
  return {
    fired: broken.fired,
    asked: all.length,
    allowed: allows.length,
    wrongAllows: wrong.length,
    problems: [
      ...problems,
      ...after.problems,
      ...wrong.map(({ username }) => `${username} was allowed wrongly`),
    ],
  };
}

const limitOf = ({ fault }: Case): number => (isSlow(fault) ? SHORT_MS + MARGIN_MS : UNHURRIED_MS);

/** Waits until what was slow has ended, or has been given up. */
async function recovered({ injector, ...world }: World, { point, fault }: Case): Promise<void> {
  injector.setClockRight();
  if (!isSlow(fault)) return;
  await injector.settled();
  if (pointOf(point).flight === true) world.advance(3 * REQUEST_TIMEOUT_MS + 1);
  // Whoever asks meanwhile waits for the call that is about to fail, and fails with it.
  else if (point.startsWith('ecpds.')) await pause(REQUEST_TIMEOUT_MS + 30);
}

/** The requests of one case. */
class Bench {
  #asked = 0;

  constructor(
    private readonly world: World,
    private readonly asker: Asker,
    private readonly username: string,
    private readonly number: number,
  ) {}

  async warmUp(): Promise<void> {
    await this.#ask('http', this.username, 'CIP');
  }

  /** Twice what is listed, so that one waits for the other's fetch, and once what is not. */
  async under({ transport, point, fault, state }: Case) {
    const { injector, events } = this.world;
    events.length = 0;
    const before = await this.#counts();
    const isWaitedFor = state === 'miss' || !isBehindTheCache(point);
    const timeoutMs = isSlow(fault) && isWaitedFor ? SHORT_MS : null;
    this.world.timeoutMs = timeoutMs ?? PATIENT_MS;
    injector.arm(point, fault);
    const asks = ['CIP', 'CIP', 'BAR'].map((name) => this.#ask(transport, this.username, name, timeoutMs));
    const answered = await Promise.all(asks);
    const fired = injector.disarm();
    this.world.timeoutMs = PATIENT_MS;
    const counted = grown(before, await this.#counts());
    const records: Records = { events: [...events], counted, fired };
    return { answered, fired, records };
  }

  /** The same user and another one, over every transport: exactly the truth. */
  async afterwards(): Promise<{ answered: readonly Answered[]; problems: readonly string[] }> {
    const asks = TRANSPORTS.flatMap((transport) => [
      this.#ask(transport, this.username, transport === 'http' ? 'BAR' : 'CIP'),
      this.#ask(transport, 'other', transport === 'http' ? 'CIP' : 'FOO'),
    ]);
    const answered = await Promise.all(asks);
    const problems = answered.flatMap(({ question, came }) => {
      const truth = statusOf(question.username, question.destination);
      if (came.status === truth) return [];
      const { transport, username, destination } = question;
      return [`afterwards, over ${transport}, ${username} for ${destination}: ${came.status}, not ${truth}`];
    });
    return { answered, problems };
  }

  async #ask(
    transport: Transport,
    username: string,
    destination: string,
    timeoutMs: number | null = null,
  ): Promise<Answered> {
    this.#asked += 1;
    const requestId = `case-${this.number}-${this.#asked}`;
    const question: Question = { transport, requestId, username, destination, timeoutMs };
    return { question, came: await this.asker.ask(question) };
  }

  async #counts(): Promise<ReadonlyMap<number, number>> {
    const counts = new Map<number, number>();
    const { values } = await this.world.metrics.requests.get();
    for (const { labels, value } of values) {
      const status = Number((labels as { readonly status: number }).status);
      counts.set(status, (counts.get(status) ?? 0) + value);
    }
    return counts;
  }
}

function grown(before: ReadonlyMap<number, number>, after: ReadonlyMap<number, number>): Map<number, number> {
  const steps = [...after].map(([status, count]) => [status, count - (before.get(status) ?? 0)] as const);
  return new Map(steps.filter(([, step]) => step > 0));
}
