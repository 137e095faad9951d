import type { RecheckPair } from '../../../src/domain/recheck.js';
import type { Result } from '../../../src/domain/result.js';
import { readExplainQuestion, readRecheckBatch } from '../../../src/request/recheck-batch.js';
import { startApp } from '../../helpers/app.js';
import { active, startEcpds } from '../../helpers/ecpds.js';
import { type Json, Members, readJson } from '../ecpds/json.js';
import type { Context } from '../part.js';
import { type Chance, chanceOf } from '../upstream/chance.js';
import { mutated } from '../upstream/mutate.js';
import { shown, type Tally } from '../upstream/tally.js';

/** Once in so many bodies is posted to a running sidecar. */
const POSTED = 25;
const FIELDS = ['username', 'realm', 'issuer', 'destination'];
const VALUES = [
  '"alice"',
  '"bob"',
  '"CIP"',
  '"OTHER"',
  'null',
  '""',
  '1',
  'true',
  '[]',
  '{}',
  '"\\ud800"',
  '"\\u0000"',
  '1e400',
  `"${'x'.repeat(3000)}"`,
];
const NAMES = [...FIELDS, ...FIELDS, 'Username', '__proto__', 'constructor', 'user', ''];

/** Bodies of `POST /recheck` and `POST /explain`: read as the contract has it, and answered by what ECPDS lists. */
export async function askOperators(context: Context, tally: Tally, count: number): Promise<void> {
  const chance = chanceOf(context.seed, 5_000_000);
  const ecpds = await startEcpds({ alice: active('CIP'), bob: active('OTHER') });
  const app = await startApp({ ecpds: [ecpds] });
  try {
    for (let index = 0; index < count && !tally.failed; index += 1) {
      const body = bodyOf(chance);
      const repeat = `seed ${context.seed}, body ${index}`;
      tally.sends(body);
      tally.cases += 1;
      const pairs = pairsOf(body);
      const one = pairOf(readJson(body));
      holds(tally, 'recheck', readRecheckBatch(body), pairs, body, repeat);
      holds(tally, 'explain', readExplainQuestion(body), one, body, repeat);
      if (index % POSTED === 0) await post(context, tally, app.admin, body, pairs, one, repeat);
    }
    for (const event of app.events)
      context.secrets.saw('log of a sidecar that operators ask', JSON.stringify(event));
  } finally {
    await app.close();
    await ecpds.close();
  }
}

function bodyOf(chance: Chance): Uint8Array {
  const pairs = Array.from({ length: chance.oneIn(200) ? chance.pick([1000, 1001]) : chance.int(0, 4) }, () =>
    pairText(chance),
  );
  const text = chance.oneIn(4)
    ? (pairs[0] ?? '{}')
    : chance.oneIn(20)
      ? `{"pairs":[${pairs.join()}]}`
      : `[${pairs.join()}]`;
  return chance.oneIn(4) ? mutated(chance, text) : Buffer.from(text);
}

function pairText(chance: Chance): string {
  if (!chance.oneIn(4))
    return `{"username":"${chance.pick(['alice', 'bob'])}","realm":"ecmwf","destination":"${chance.pick(['CIP', 'OTHER'])}"}`;
  const members = Array.from(
    { length: chance.int(0, 5) },
    () => `"${chance.pick(NAMES)}":${chance.pick(VALUES)}`,
  );
  return chance.oneIn(10) ? chance.pick(VALUES) : `{${members.join()}}`;
}

function pairsOf(body: Uint8Array): readonly RecheckPair[] | null {
  const list = readJson(body);
  if (!Array.isArray(list) || list.length < 1 || list.length > 1000) return null;
  const pairs = list.map(pairOf).filter((pair) => pair !== null);
  return pairs.length === list.length ? pairs : null;
}

function pairOf(json: Json | undefined): RecheckPair | null {
  if (!(json instanceof Members)) return null;
  const names = json.entries.map(([name]) => name);
  if (new Set(names).size < names.length || !names.every((name) => FIELDS.includes(name))) return null;
  const [username, realm, issuer, destination] = FIELDS.map((name) => json.last(name) ?? null);
  const isText = (value: Json | undefined): value is string => typeof value === 'string';
  if (!isText(username) || !isText(destination) || username === '' || destination === '') return null;
  if (!(realm === null || isText(realm)) || !(issuer === null || isText(issuer))) return null;
  return { username, realm, issuer, destination };
}

function holds(
  tally: Tally,
  what: string,
  read: Result<unknown, string>,
  wanted: unknown,
  body: Uint8Array,
  repeat: string,
): void {
  tally.saw(`body ${what} ${read.ok ? 'read' : 'refused'}`);
  const got = read.ok ? JSON.stringify(read.value) : null;
  if (got !== (wanted === null ? null : JSON.stringify(wanted)))
    tally.fails(`${what} of ${shown(body)}: ${shown(got)}`, repeat);
}

async function post(
  context: Context,
  tally: Tally,
  admin: string,
  body: Uint8Array,
  pairs: readonly RecheckPair[] | null,
  one: RecheckPair | null,
  repeat: string,
): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const recheck = await fetch(`${admin}/recheck`, { method: 'POST', headers, body: Buffer.from(body) });
  const explain = await fetch(`${admin}/explain`, { method: 'POST', headers, body: Buffer.from(body) });
  const [said, explained] = [await recheck.text(), await explain.text()];
  context.secrets.saw('answers to operators', said + explained);
  const statuses = [recheck.status, explain.status].join();
  const wanted = [pairs === null ? 400 : 200, one === null ? 400 : 200].join();
  if (statuses !== wanted)
    return void tally.fails(`POST of ${shown(body)}: ${statuses} in place of ${wanted}`, repeat);
  const verdicts: readonly { verdict: string }[] = recheck.ok ? JSON.parse(said) : [];
  for (const [index, { verdict }] of verdicts.entries()) judge(tally, pairs?.[index], verdict, repeat);
  if (explain.ok && one !== null) judge(tally, one, JSON.parse(explained).fresh.verdict, repeat);
}

const LISTED = new Set(['alice CIP', 'bob OTHER']);

function judge(tally: Tally, pair: RecheckPair | undefined, verdict: string, repeat: string): void {
  const isListed = LISTED.has(`${pair?.username} ${pair?.destination}`) && pair?.issuer === null;
  tally.saw(`body verdict ${verdict}`);
  if (verdict === 'allow' && !isListed) tally.allowsWrongly(JSON.stringify(pair), repeat);
  else if (verdict !== (isListed ? 'allow' : 'deny'))
    tally.fails(`${JSON.stringify(pair)}: ${verdict}`, repeat);
}
