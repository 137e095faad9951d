import type { Decision } from '../../../src/domain/decision.js';
import type { Fetch } from '../../../src/http/bounded-get.js';
import { type SimulatedTime, settled } from '../../../tools/drill/time.js';
import { listOf } from '../ecpds/wire/replies.js';
import type { Context } from '../part.js';
import { chanceOf } from '../upstream/chance.js';
import { createSidecar } from '../upstream/sidecar.js';
import { shown, type Tally } from '../upstream/tally.js';
import type { GoodKey } from './contract.js';
import type { Pair } from './material.js';
import { createKeyNetwork, type KeyNetwork, type Slot } from './network.js';
import { documentOf, providersFor, TIMES } from './providers.js';
import { makeToken, type Token } from './tokens.js';

export interface ScenarioOptions {
  readonly context: Context;
  readonly tally: Tally;
  readonly pairs: readonly Pair[];
  readonly time: SimulatedTime;
  readonly number: number;
  readonly requests: number;
}

/** Every server lists CIP for everybody: only the token decides. */
const ecpds: Fetch = async () => ({ status: 200, headers: { get: () => null }, body: bodyOf() });
async function* bodyOf(): AsyncIterable<Uint8Array> {
  yield Buffer.from(listOf('CIP'));
}

export async function runScenario({
  context,
  tally,
  pairs,
  time,
  number,
  requests,
}: ScenarioOptions): Promise<void> {
  const chance = chanceOf(context.seed, 2_000_000 + number);
  const providers = providersFor(chance);
  const network = createKeyNetwork(chance, providers, pairs, (label) => tally.sends(label));
  const sidecar = await createSidecar(documentOf(providers), {
    ecpds,
    keys: network.fetch,
    attempted: ({ state }) => network.attempted(state.provider, state.lastOutcome),
  });
  const name = `seed ${context.seed}, scenario ${number}`;
  try {
    for (let index = 0; index < requests && !tally.failed; index += 1) {
      await passing(
        time,
        network,
        chance.pick([0, 0, 0, 0, 1000, 2000, 6000, 20_000, chance.oneIn(4) ? 230_000 : 0]),
      );
      const moody = chance.pick(network.slots);
      if (chance.oneIn(moody.isDown ? 40 : 60)) moody.isDown = !moody.isDown;
      const slot = chance.pick(network.slots);
      const token = makeToken(chance, slot.provider, slot.held?.keys ?? [], pairs);
      tally.sends(token.label);
      context.secrets.token(token.text);
      const found = token.flaw === null ? lookUp(token, slot) : 'misfit';
      const running = sidecar.decide({
        authorization: [`Bearer ${token.text}`],
        body: Buffer.from('{"event_type":"dissemination","identifier":{"destination":"CIP"}}'),
      });
      const decision = await decided(
        running,
        found === 'unknown' || found === 'nothing' ? slot : null,
        time,
        network,
      );
      for (const line of sidecar.lines()) context.secrets.saw('log of a sidecar between key providers', line);
      judge(tally, { token, slot, decision, repeat: `${name}, request ${index}` });
      const [wrong] = network.wrong;
      if (wrong !== undefined) tally.fails(wrong, `${name}, request ${index}`);
    }
  } finally {
    await sidecar.stop();
  }
}

/** A second at a time: what happens in one is over before the next. */
async function passing(time: SimulatedTime, network: KeyNetwork, ms: number): Promise<void> {
  const until = time.now() + ms;
  do {
    await time.runUntil(Math.min(until, time.now() + 1000));
    while (isReading(network)) await settled();
  } while (time.now() < until);
}

const isReading = ({ slots }: KeyNetwork): boolean =>
  slots.some(({ running }) => running !== null && !running.isSlow);

/** Signatures are verified in real time; simulated time passes only for whoever waits for a slow provider. */
async function decided(
  running: Promise<Decision>,
  waitsFor: Slot | null,
  time: SimulatedTime,
  network: KeyNetwork,
): Promise<Decision> {
  let decision: Decision | null = null;
  void running.then((made) => {
    decision = made;
  });
  for (let turns = 0; turns < 10_000_000; turns += 1) {
    await settled();
    if (decision !== null) return decision;
    if (waitsFor?.running?.isSlow === true) await passing(time, network, 1000);
  }
  throw new Error('a request hangs');
}

interface Judged {
  readonly token: Token;
  readonly slot: Slot;
  readonly decision: Decision;
  readonly repeat: string;
}

function judge(tally: Tally, { token, slot, decision, repeat }: Judged): void {
  const wanted = wantedFor(token, slot);
  const got = decision.kind;
  tally.cases += 1;
  tally.saw(`verdict ${got}`);
  if (token.flaw !== null) tally.saw(`flaw ${token.flaw}`);
  if (got === 'allow') tally.allowed += 1;
  const held = slot.held?.keys.map(({ kid, family, algorithms, numbers }) => [
    kid,
    family,
    algorithms,
    numbers.slice(-12),
  ]);
  const what = `a token of ${shown(token.label)} (${token.signer.numbers.slice(-12)}), held are ${JSON.stringify(held ?? null)}: ${got} in place of ${wanted}`;
  if (got === 'allow' && wanted !== 'allow') tally.allowsWrongly(what, repeat);
  else if (got !== wanted) tally.fails(what, repeat);
}

/** "One key per token", of decision 0021. `nothing`: there are no keys that may be used. */
function lookUp({ kid, alg }: Token, { held }: Slot): GoodKey | 'misfit' | 'unknown' | 'nothing' {
  const isFresh = held !== null && performance.now() - held.since < TIMES.max_stale_seconds * 1000;
  if (!isFresh) return 'nothing';
  const candidates = held.keys.filter((key) => kid === null || key.kid === kid);
  const fitting = candidates.filter(({ algorithms }) => algorithms.includes(alg));
  const [key] = fitting;
  if (key !== undefined && fitting.length === 1) return key;
  const isUnknown = candidates.length === 0 || (kid === null && fitting.length === 0);
  return isUnknown ? 'unknown' : 'misfit';
}

/** Contract section 7. */
function wantedFor(token: Token, slot: Slot): Decision['kind'] {
  if (token.flaw !== null) return 'unauthenticated';
  const found = lookUp(token, slot);
  if (found === 'nothing') return 'identity_unavailable';
  if (found === 'misfit') return 'unauthenticated';
  if (found === 'unknown') return slot.lastSucceeded === true ? 'unauthenticated' : 'identity_unavailable';
  return found.numbers === token.signer.numbers && !token.isForged ? 'allow' : 'unauthenticated';
}
