import type { Decision } from '../../../../src/domain/decision.js';
import { sign } from '../../../helpers/tokens.js';
import type { Context } from '../../part.js';
import { type Chance, chanceOf } from '../../upstream/chance.js';
import { createSidecar, type Sidecar } from '../../upstream/sidecar.js';
import { shown, type Tally } from '../../upstream/tally.js';
import { type Merged, merge, type Said } from '../contract.js';
import { documentOf, type Settings } from '../settings.js';
import { NAMES } from '../users.js';
import { lateReply, listOf, type Reply, replyOf } from './replies.js';
import { startWireServer, type WireServer } from './server.js';

/** One sidecar with servers of its own, asked by one user after the other. */
interface Lane {
  readonly chance: Chance;
  readonly settings: Settings;
  readonly servers: readonly WireServer[];
  readonly sidecar: Sidecar;
  readonly tally: Tally;
  readonly context: Context;
  readonly name: string;
}

/** Nobody may read it, and every answer too many lists it. */
const POISON = 'POISON';

export async function runLane(context: Context, tally: Tally, number: number, users: number): Promise<void> {
  const chance = chanceOf(context.seed, 1_000_000 + number);
  const servers = await Promise.all(Array.from({ length: chance.int(1, 2) }, startWireServer));
  const settings: Settings = {
    servers: servers.map(({ url }) => url),
    policy: chance.pick(['strict', 'any_success']),
    field: 'name',
    ttlSeconds: 300,
    maxEntries: 500,
    protections: { refresh_ahead: null, circuit_breaker: null, ttl_jitter: 0 },
  };
  const sidecar = await createSidecar(documentOf(settings));
  const name = `seed ${context.seed}, lane ${number}`;
  const lane: Lane = { chance, settings, servers, sidecar, tally, context, name };
  try {
    for (const server of servers) server.replies.set('poison', lateReply(listOf(POISON)));
    for (let user = 0; user < users && !tally.failed; user += 1) await serveUser(lane, number, user);
    const strange = servers.flatMap((server) => server.strange)[0];
    if (strange !== undefined) tally.fails(strange, name);
  } finally {
    await sidecar.stop();
    await Promise.all(servers.map((server) => server.close()));
  }
}

interface Visitor {
  readonly name: string;
  readonly own: string;
  readonly token: string;
  readonly repeat: string;
}

/** A user gets a reply that may be broken, then somebody else a late one, then the first one a good one. */
async function serveUser(lane: Lane, number: number, index: number): Promise<void> {
  const { chance, servers, tally } = lane;
  const first = visitor(lane, `${number}-${index}`);
  const replies = servers.map((server) => {
    const reply = replyOf(chance, listOf(first.own), listOf(first.own, POISON, `NEXT-${number}-${index}`));
    server.replies.set(first.name, reply);
    tally.sends(reply.name, ...reply.writes);
    tally.saw(`reply ${reply.name}`);
    return reply;
  });
  const [wanted, repeated] = chance.oneIn(3) ? [POISON, first.own] : [first.own, POISON];
  const fetched = await ask(lane, first, wanted, replies);
  if (replies.some(({ pauseMs }) => pauseMs > 0)) await new Promise((resolve) => setTimeout(resolve, 4));
  const next: Visitor = { ...visitor(lane, `${number}-${index}-next`) };
  const late = lateReply(listOf(next.own));
  for (const server of servers) server.replies.set(next.name, late);
  const isLate = replies.some(({ pauseMs }) => pauseMs > 0) || chance.oneIn(10);
  if (isLate)
    await ask(
      lane,
      next,
      chance.pick([POISON, `NEXT-${number}-${index}`, next.own]),
      servers.map(() => late),
    );
  const good: Reply = { ...lateReply(listOf(first.own)), name: 'good', pauseMs: 0 };
  for (const server of servers) server.replies.set(first.name, good);
  const before = asksFor(lane, first.name);
  const wasUsable = fetched.kind === 'allow' || fetched.kind === 'deny';
  await ask(
    lane,
    first,
    repeated,
    servers.map(() => good),
  );
  const calls = asksFor(lane, first.name) - before;
  if (calls !== (wasUsable ? 0 : servers.length))
    tally.fails(
      `${replies.map((reply) => reply.name).join(', ')}: ${calls} calls after ${fetched.kind}`,
      first.repeat,
    );
}

const asksFor = ({ servers }: Lane, user: string): number =>
  servers.reduce((sum, { asked }) => sum + asked.filter((other) => other === user).length, 0);

function visitor({ chance, context, name }: Lane, id: string): Visitor {
  const username = `${chance.pick(NAMES)}${id}`;
  const token = sign({ username, exp: Math.floor(Date.UTC(2099, 0, 1) / 1000) });
  context.secrets.token(token);
  return { name: username, own: `OF-${id}`, token, repeat: `${name}, user ${id}` };
}

async function ask(
  lane: Lane,
  user: Visitor,
  destination: string,
  replies: readonly Reply[],
): Promise<Decision> {
  const { sidecar, tally, context } = lane;
  const decision = await sidecar.decide({
    requestId: user.repeat,
    authorization: [`Bearer ${user.token}`],
    body: Buffer.from(JSON.stringify({ event_type: 'dissemination', identifier: { destination } })),
  });
  for (const line of sidecar.lines()) context.secrets.saw('log of a sidecar with ECPDS on a wire', line);
  tally.cases += 1;
  if (decision.kind === 'allow') tally.allowed += 1;
  const what = `${shown(user.name)} asked for ${destination} (${lane.settings.policy}): ${replies.map(({ name }) => name).join(', ')}`;
  const can = possible(lane, user, replies);
  const got = decision.kind === 'unavailable' ? `unavailable ${decision.fetchOutcome}` : decision.kind;
  const may = can.some(
    ({ names, worst }) =>
      got === (names === null ? `unavailable ${worst}` : names.has(destination) ? 'allow' : 'deny'),
  );
  if (!may && got === 'allow') tally.allowsWrongly(what, user.repeat);
  else if (!may)
    tally.fails(`${what}: ${got}, in place of one of ${can.map(shownMerge).join(' | ')}`, user.repeat);
  return decision;
}

const shownMerge = ({ names, worst }: Merged): string =>
  names === null ? `unavailable ${worst}` : `names ${[...names].join()}`;

/** Everything that the replies may come to, where HTTP leaves it open. */
function possible({ settings }: Lane, user: Visitor, replies: readonly Reply[]): Merged[] {
  const usable: Said = { usable: true, names: new Set([user.own]) };
  const each = replies.map(({ counts, kinds }): Said[] => {
    const failures = kinds.map((kind): Said => ({ usable: false, kind }));
    if (counts === 'yes') return [usable];
    return counts === 'no' ? failures : [usable, ...failures];
  });
  return product(each).map((said) => merge(said, settings.policy));
}

const product = (each: readonly Said[][]): Said[][] =>
  each.reduce<Said[][]>(
    (all, options) => all.flatMap((before) => options.map((one) => [...before, one])),
    [[]],
  );
