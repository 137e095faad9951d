import type { Decision } from '../../../src/domain/decision.js';
import { shown } from '../upstream/tally.js';
import type { Expected } from './model.js';
import type { Asked, Scenario } from './scenario.js';

/** Holds decisions and their events against what must have come. */
export function judge(
  scenario: Scenario,
  asked: readonly Asked[],
  seen: readonly Decision[],
  expected: readonly Expected[],
): void {
  const { sidecar, network, context, tally } = scenario;
  const lines = sidecar.lines();
  for (const line of lines) context.secrets.saw('log of a sidecar between ECPDS servers', line);
  const events = eventsOf(lines);
  asked.forEach((question, index) => {
    const [decision, wanted] = [seen[index], expected[index]];
    if (decision !== undefined && wanted !== undefined)
      judgeOne(scenario, question, decision, wanted, events.get(question.requestId) ?? []);
  });
  const [strange] = network.strange;
  if (strange !== undefined) tally.fails(strange, repeatOf(scenario, asked[0]));
}

const repeatOf = ({ name }: Scenario, asked?: Asked): string =>
  `${name}, request ${asked?.requestId ?? 'last'}`;

function judgeOne(
  scenario: Scenario,
  asked: Asked,
  decision: Decision,
  expected: Expected,
  events: readonly CheckEvent[],
): void {
  const { tally, settings } = scenario;
  const { user, destination } = asked;
  const got = decision.kind;
  const cache = 'cacheOutcome' in decision ? decision.cacheOutcome : null;
  tally.cases += 1;
  tally.saw(`verdict ${got}`);
  tally.saw(`cache ${cache}`);
  if (got === 'allow') tally.allowed += 1;
  const said = `${shown(user.name)} asked for ${shown(destination)} (${settings.policy}, ${settings.servers.length} servers)`;
  const repeat = repeatOf(scenario, asked);
  if (got === 'allow' && expected.verdict !== 'allow')
    return void tally.allowsWrongly(
      `${said}, ${cache}: ${expected.verdict} would be right; ${lastAnswers(scenario)}`,
      repeat,
    );
  if (got !== expected.verdict)
    return void tally.fails(
      `${said}: ${got} in place of ${expected.verdict}; ${lastAnswers(scenario)}`,
      repeat,
    );
  if (decision.kind === 'unavailable' && decision.fetchOutcome !== expected.worst)
    return void tally.fails(
      `${said}: ${decision.fetchOutcome} in place of ${expected.worst}; ${lastAnswers(scenario)}`,
      repeat,
    );
  if (decision.kind === 'unavailable') tally.saw(`failure ${decision.fetchOutcome}`);
  const [wrong] = expected.wrong;
  if (wrong !== undefined) tally.fails(`${said}: ${wrong}; ${lastAnswers(scenario)}`, repeat);
  const [event] = events;
  const agrees =
    events.length === 1 &&
    event?.event_name === EVENTS[expected.verdict] &&
    event.username === user.name &&
    event.cache_outcome === cache &&
    (event.fetch_outcome ?? null) === expected.worst;
  if (!agrees) tally.fails(`${said}: ${got}, and the events say ${shown(JSON.stringify(events))}`, repeat);
}

const EVENTS = {
  allow: 'auth.ecpds.check.allowed',
  deny: 'auth.ecpds.check.denied',
  unavailable: 'auth.ecpds.check.unavailable',
};

interface CheckEvent {
  readonly event_name: string;
  readonly request_id: string;
  readonly username: string;
  readonly cache_outcome?: string;
  readonly fetch_outcome?: string;
}

function eventsOf(lines: readonly string[]): Map<string, CheckEvent[]> {
  const found = new Map<string, CheckEvent[]>();
  for (const line of lines) {
    if (!line.includes('"auth.ecpds.check.')) continue;
    const event: CheckEvent = JSON.parse(line);
    found.set(event.request_id, [...(found.get(event.request_id) ?? []), event]);
  }
  return found;
}

const lastAnswers = ({ network }: Scenario): string =>
  network.calls
    .slice(-3)
    .map(({ server, answer }) => {
      const body =
        answer.fault === null ? shown(Buffer.concat(answer.chunks)) : `fails with ${answer.fault.code}`;
      return `server ${server}: ${answer.status} ${body} after ${answer.delayMs} ms`;
    })
    .join('; ');

/** After the last request: the counters agree with what was asked, and nothing is held that may not be. */
export async function judgeEnd(scenario: Scenario): Promise<void> {
  const { sidecar, model, tally, context, settings } = scenario;
  const fetches = await sidecar.samples('aviso_ecpds_fetch_total{');
  const decisions = await sidecar.samples('aviso_ecpds_access_decisions_total{');
  context.secrets.saw(
    'series of a sidecar between ECPDS servers',
    [...fetches.keys(), ...decisions.keys()].join('\n'),
  );
  if (tally.failed) return;
  const wanted = [...model.fetches].map(([label, count]) => `{outcome="${label}"} ${count}`);
  same(scenario, 'aviso_ecpds_fetch_total', fetches, wanted);
  const labels = { allow: 'allow', deny: 'deny_destination', unavailable: 'unavailable' };
  const verdicts = Object.entries(labels).map(
    ([verdict, label]) => `{outcome="${label}"} ${model.verdicts.get(verdict) ?? 0}`,
  );
  same(
    scenario,
    'aviso_ecpds_access_decisions_total',
    decisions,
    verdicts.filter((text) => !text.endsWith(' 0')),
  );
  const [size, most] = [sidecar.cacheSize(), model.held(performance.now())];
  const isExact = settings.protections.ttl_jitter === 0 && settings.maxEntries > 10;
  if (size > most || (isExact && size !== most))
    tally.fails(`the cache holds ${size} lists in place of ${most}`, `${scenario.name}, end`);
}

function same(
  scenario: Scenario,
  series: string,
  found: ReadonlyMap<string, number>,
  wanted: readonly string[],
): void {
  const got = [...found].map(([name, value]) => `${name.slice(series.length)} ${value}`).sort();
  const want = [...wanted].sort();
  if (got.join() !== want.join())
    scenario.tally.fails(`${series} is ${got.join()} in place of ${want.join()}`, `${scenario.name}, end`);
}
