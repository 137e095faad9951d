import type { SimulatedTime } from '../../../tools/drill/time.js';
import type { Context } from '../part.js';
import { type Chance, chanceOf } from '../upstream/chance.js';
import { createSidecar, type Sidecar } from '../upstream/sidecar.js';
import type { Tally } from '../upstream/tally.js';
import { type Answer, type AnswerOptions, answerOf } from './answers.js';
import { DESTINATIONS } from './bodies.js';
import { Circuits } from './circuits.js';
import { judge, judgeEnd } from './judge.js';
import { type Expected, Model } from './model.js';
import { type Call, createNetwork, type Network } from './network.js';
import { CALL_MS, documentOf, type Settings, settingsFor } from './settings.js';
import type { User } from './users.js';

/** One sidecar and its servers, in simulated time. */
export interface Scenario {
  readonly chance: Chance;
  readonly settings: Settings;
  readonly network: Network;
  readonly circuits: Circuits;
  readonly model: Model;
  readonly sidecar: Sidecar;
  readonly users: readonly User[];
  readonly time: SimulatedTime;
  readonly tally: Tally;
  readonly context: Context;
  /** How to repeat it. */
  readonly name: string;
}

/** A request that is on its way, and what must come of it. */
export interface Asked {
  readonly user: User;
  readonly destination: string;
  readonly requestId: string;
  readonly at: number;
  /** How long its asker waits, in milliseconds; null: as long as it takes. */
  readonly patienceMs: number | null;
}

export interface ScenarioOptions {
  readonly context: Context;
  readonly tally: Tally;
  readonly users: readonly User[];
  readonly time: SimulatedTime;
  readonly number: number;
  readonly requests: number;
}

export async function runScenario(options: ScenarioOptions): Promise<void> {
  const { context, tally, users, time, number, requests } = options;
  const chance = chanceOf(context.seed, number);
  const settings = settingsFor(chance);
  const answers: AnswerOptions = {
    field: settings.field,
    failing: chance.pick([3, 8, 20]),
    slow: chance.oneIn(2),
    large: false,
  };
  const circuits = new Circuits(settings);
  const draw = (): Answer => {
    const answer = answerOf(chance, { ...answers, large: chance.oneIn(number % 20 === 3 ? 60 : 8000) });
    tally.sends(answer.status ?? -1, answer.delayMs, ...answer.chunks);
    return answer;
  };
  const network: Network = createNetwork(settings.servers, {
    starts: draw,
    began: (call) => circuits.starts(call),
    ends: (call) => circuits.ends(call),
  });
  const sidecar = await createSidecar(documentOf(settings), { ecpds: network.fetch });
  const scenario: Scenario = {
    ...{ chance, settings, network, circuits, sidecar, time, tally, context },
    users: usersOf(chance, users),
    model: new Model(settings, circuits),
    name: `seed ${context.seed}, scenario ${number}`,
  };
  try {
    await know(scenario);
    for (let done = 0; done < requests && !tally.failed; ) done += await step(scenario, done);
    await judgeEnd(scenario);
  } finally {
    await sidecar.stop();
  }
}

/** A user whom nobody can be asked about makes long log lines: now and then is enough. */
const usersOf = (chance: Chance, users: readonly User[]): User[] => {
  const withAll = chance.oneIn(8);
  return chance.some(
    users.filter(({ fits }) => fits || withAll),
    6,
  );
};

/** Verifies every token once: that takes real time, which is not simulated. */
async function know({ sidecar, users }: Scenario): Promise<void> {
  for (const { authorization } of users) {
    const body = Buffer.from('{"event_type":"members","identifier":{}}');
    const decision = await sidecar.decide({ authorization: [authorization], body });
    if (decision.kind !== 'allow') throw new Error(`a good token was refused: ${decision.kind}`);
  }
}

/** Lets time pass, asks once or twice at once, and judges what comes. Answers how many requests that were. */
async function step(scenario: Scenario, done: number): Promise<number> {
  const { chance, time, network, settings } = scenario;
  const ttlMs = settings.ttlSeconds * 1000;
  await time.runUntil(
    time.now() + chance.pick([0, 0, 1, 10, 500, 3000, Math.floor(ttlMs / 3), ttlMs, ttlMs + 1]),
  );
  const { refresh_ahead, circuit_breaker } = settings.protections;
  const isPair = refresh_ahead === null && circuit_breaker === null && chance.oneIn(4);
  const before = network.calls.length;
  const asked = Array.from({ length: isPair ? 2 : 1 }, (_, index) => questionOf(scenario, done + index));
  const standIns = settings.servers.map((_, server) => scenario.circuits.standIn(server));
  const decisions = asked.map(({ user, destination, requestId, at, patienceMs }) => {
    scenario.tally.sends(user.name, destination, at, patienceMs ?? -1);
    return scenario.sidecar.decide({
      requestId,
      authorization: [user.authorization],
      body: Buffer.from(JSON.stringify({ event_type: 'dissemination', identifier: { destination } })),
      deadline: patienceMs === null ? null : performance.now() + patienceMs,
    });
  });
  let settled = 0;
  for (const decision of decisions) {
    void decision.finally(() => {
      settled += 1;
    });
  }
  const isOver = (): boolean => settled === decisions.length && running(scenario, before).length === 0;
  for (let turns = 0; !(await passed(scenario, before, isOver)); turns += 1) {
    if (turns > 50) throw new Error(`${scenario.name}: request ${done} hangs`);
  }
  const calls = network.calls.slice(before).filter((call) => !scenario.circuits.probes.has(call));
  const seen = await Promise.all(decisions);
  const expected: Expected[] = scenario.model.expect(asked, seen, calls, standIns);
  judge(scenario, asked, seen, expected);
  return asked.length;
}

/** Lets happen what is due, or time pass until the next call ends. */
async function passed(scenario: Scenario, before: number, isOver: () => boolean): Promise<boolean> {
  const { time } = scenario;
  await time.runUntil(time.now());
  if (isOver()) return true;
  const ends = running(scenario, before).map(({ answer, startedAt }) => {
    const hangs = answer.fault !== null && answer.fault.code === null;
    return startedAt + (hangs ? CALL_MS : Math.min(answer.delayMs, CALL_MS));
  });
  await time.runUntil(
    time.now() + Math.max(1, Math.min(...ends, performance.now() + CALL_MS) - performance.now()),
  );
  return isOver();
}

const running = ({ network, circuits }: Scenario, before: number): Call[] =>
  network.calls.slice(before).filter((call) => call.endedAt === null && !circuits.probes.has(call));

/** Half of the questions are about what is listed for somebody. */
function questionOf({ chance, users, model, settings }: Scenario, index: number): Asked {
  const user = chance.pick(users);
  const known = chance.oneIn(2) ? model.listedFor(user) : [];
  const destination = chance.pick(known.length > 0 ? known : DESTINATIONS);
  const patienceMs = settings.ttlSeconds > 20 && chance.oneIn(8) ? 700 : null;
  return { user, destination, requestId: `r${index}`, at: performance.now(), patienceMs };
}
