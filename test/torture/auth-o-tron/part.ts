import type { Decision } from '../../../src/domain/decision.js';
import type { Fetch } from '../../../src/http/bounded-get.js';
import { inSimulatedTime, type SimulatedTime, settled } from '../../../tools/drill/time.js';
import { SERVICE } from '../../helpers/ecpds.js';
import { JWT_SECRET } from '../../helpers/tokens.js';
import { askedFor } from '../ecpds/users.js';
import { listOf } from '../ecpds/wire/replies.js';
import type { Context, Outcome, Part } from '../part.js';
import { type Chance, chanceOf } from '../upstream/chance.js';
import { createSidecar, type Sidecar } from '../upstream/sidecar.js';
import { shown, Tally } from '../upstream/tally.js';
import { type Answer, answerOf, meaningOf } from './answers.js';
import { type Handed, tokensFor, USERS } from './tokens.js';

const SIZES = { short: 4000, long: 40_000 };
const TIMEOUT_MS = 5000;
const CREDENTIALS = ['Basic YWxpY2U6c2VjcmV0', 'Bearer opaque-token-of-somebody', 'basic Zm9vOmJhcg=='];

export const AUTH_O_TRON_PART: Part = {
  name: 'auth-o-tron',
  promise:
    'Whatever auth-o-tron answers, a request goes on only as the user of the one verified token in it; a refusal stays one, and anything else is 503.',
  isPure: true,
  run,
};

interface World {
  readonly chance: Chance;
  readonly tally: Tally;
  readonly sidecar: Sidecar;
  readonly time: SimulatedTime;
  readonly tokens: readonly Handed[];
  readonly repeat: (index: number) => string;
  answer: Answer | null;
  shown: string[];
}

async function run(context: Context): Promise<Outcome> {
  const { seed, size, secrets } = context;
  secrets.secret('ecpds.password', SERVICE.password);
  secrets.secret('auth.jwt_secret', JWT_SECRET);
  const tally = new Tally();
  await inSimulatedTime(chanceOf(seed, -3).random, async (time) => {
    const chance = chanceOf(seed, 3_000_000);
    const tokens = tokensFor(secrets);
    const auth: Fetch = async (url, init) => {
      if (url.href !== 'https://auth.example/base/authenticate') tally.fails(`asked at ${url.href}`, '');
      world.shown.push(init.headers['authorization'] ?? '');
      return respond(world.answer, init.signal);
    };
    const sidecar = await createSidecar(DOCUMENT, { auth, ecpds });
    const repeat = (index: number): string => `seed ${seed}, request ${index}`;
    const world: World = { chance, tally, sidecar, time, tokens, repeat, answer: null, shown: [] };
    for (let index = 0; index < SIZES[size] && !tally.failed; index += 1) {
      await ask(world, index);
      for (const line of sidecar.lines()) secrets.saw('log of a sidecar behind auth-o-tron', line);
    }
    await sidecar.stop();
  });
  return tally.outcome({ verdicts: tally.shares('verdict ') });
}

async function ask(world: World, index: number): Promise<void> {
  const { chance, tally, tokens, sidecar, time } = world;
  const answer = answerOf(chance, tokens);
  const meaning = meaningOf(answer, tokens);
  const credentials = chance.pick(CREDENTIALS);
  const owner = meaning.kind === 'user' && !chance.oneIn(4) ? meaning.user : chance.pick(USERS);
  tally.sends(answer.status, answer.header?.length ?? -1, answer.body.length, `${answer.fate}`, owner);
  world.answer = answer;
  world.shown = [];
  const running = sidecar.decide({
    authorization: [credentials],
    body: Buffer.from(
      JSON.stringify({ event_type: 'dissemination', identifier: { destination: `OF-${owner}` } }),
    ),
  });
  const decision = await decided(running, answer.fate === 'hangs' ? time : null);
  const wanted = meaning.kind !== 'user' ? meaning.kind : meaning.user === owner ? 'allow' : 'deny';
  tally.cases += 1;
  tally.saw(`verdict ${decision.kind}`);
  if (decision.kind === 'allow') tally.allowed += 1;
  const what = `${answer.status}, ${answer.fate}, Authorization ${shown(answer.header)}, body ${shown(answer.body)}, asked for OF-${owner}: ${decision.kind} in place of ${wanted}`;
  if (decision.kind === 'allow' && wanted !== 'allow') tally.allowsWrongly(what, world.repeat(index));
  else if (decision.kind !== wanted) tally.fails(what, world.repeat(index));
  if (world.shown.join() !== credentials)
    tally.fails(`auth-o-tron was shown ${world.shown.length} times something else`, world.repeat(index));
}

/** Signatures are verified in real time; simulated time passes only when nothing comes. */
async function decided(running: Promise<Decision>, time: SimulatedTime | null): Promise<Decision> {
  let decision: Decision | null = null;
  void running.then((made) => {
    decision = made;
  });
  await time?.runUntil(time.now() + TIMEOUT_MS);
  for (let turns = 0; turns < 10_000_000; turns += 1) {
    await settled();
    if (decision !== null) return decision;
  }
  throw new Error('a request hangs');
}

async function respond(answer: Answer | null, signal: AbortSignal) {
  if (answer === null || answer.fate === 'refused')
    throw new TypeError('fetch failed', { cause: Object.assign(new Error(), { code: 'ECONNREFUSED' }) });
  if (answer.fate === 'hangs') {
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    throw signal.reason;
  }
  const get = (name: string): string | null => (name === 'authorization' ? answer.header : null);
  return { status: answer.status, headers: { get }, body: bodyOf(answer) };
}

async function* bodyOf({ body, fate }: Answer): AsyncIterable<Uint8Array> {
  yield body.subarray(0, body.length >> 1);
  if (fate === 'cut') throw Object.assign(new Error('terminated'), { code: 'UND_ERR_SOCKET' });
  yield body.subarray(body.length >> 1);
}

/** Every user has one destination of their own. */
const ecpds: Fetch = async (url) => {
  const body = listOf(`OF-${askedFor(`${url.pathname}${url.search}`)}`);
  return { status: 200, headers: { get: () => null }, body: textOf(body) };
};

async function* textOf(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text);
}

const DOCUMENT = {
  auth: {
    enabled: true,
    mode: 'direct',
    auth_o_tron_url: 'https://auth.example/base/',
    jwt_secret: JWT_SECRET,
    timeout_ms: TIMEOUT_MS,
    admin_roles: { ops: ['admin'] },
  },
  ecpds: { ...SERVICE, servers: ['https://ecpds.example.int'], match_key: 'destination' },
  notification_schema: {
    dissemination: {
      identifier: { destination: { type: 'StringHandler', required: true } },
      topic: { key_order: ['destination'] },
      auth: { required: true, plugins: ['ecpds'] },
    },
  },
};
