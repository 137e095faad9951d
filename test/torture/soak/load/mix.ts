import { TRANSPORTS } from '../../../../src/domain/request.js';
import { type Random, seeded } from '../../../../tools/drill/random.js';
import { listOf, unlistedOf } from '../world/lists.js';
import { HABITS, type Habit, nameOf, userOf } from '../world/people.js';
import type { Tokens } from '../world/tokens.js';
import type { Manner, Outcome, Plan, Right } from './plan.js';

/** What chance and the world give to the making of a request. */
export interface Draw {
  readonly random: Random;
  readonly tokens: Tokens;
  readonly longestHoldMs: number;
}

type Made = Pick<Plan, 'user' | 'destination' | 'token' | 'right'> & Partial<Plan>;

interface Kind {
  /** How many of 1000 arrivals are of this kind. */
  readonly weight: number;
  /** How many requests arrive at once. */
  readonly size: number;
  readonly make: (draw: Draw) => Made;
}

const pick = <T>({ random }: Draw, from: readonly T[]): T => {
  const chosen = from[Math.floor(random() * from.length)];
  if (chosen === undefined) throw new Error('nothing to choose from');
  return chosen;
};
const somebody = (draw: Draw, habit: Habit): string =>
  nameOf(habit, Math.floor(draw.random() * HABITS[habit]));

const BY_LIST: Right = { kind: 'by_list' };
const fixed = (status: number, outcome: Outcome | null = null): Right => ({ kind: 'fixed', status, outcome });

/** What is right for users who are not answered by their list. */
const RIGHTS: Readonly<Partial<Record<Habit, Right>>> = {
  admin: fixed(200, 'admin_bypass'),
  failing: fixed(503, 'unavailable'),
};

/** A request of somebody for something, with their own good token. */
function asks(draw: Draw, user: string, share: number, right: Right): Made {
  const version = userOf(user).habit === 'changing' && draw.random() < 0.5 ? 1 : 0;
  const isListed = draw.random() < share;
  const destination = isListed ? pick(draw, listOf(user, version)) : unlistedOf(user, version, draw.random());
  return { user, destination, token: draw.tokens.good.get(user) ?? null, right };
}

/** Something is wrong with it before anybody's list is asked for. */
const refused = (draw: Draw, status: number, wrong: Partial<Plan>): Made => ({
  ...asks(draw, somebody(draw, 'steady'), 1, fixed(status)),
  ...wrong,
});

const bodyFor = (destination: string): string =>
  `{"event_type":"dissemination","identifier":{"destination":"${destination}","class":"od"}}`;

const BAD_BODIES = [
  '{"event_type":"dissemination","identifier":{"destination":"SOAK000"}',
  '{"event_type":"dissemination","identifier":{"destination":"SOAK000"},"unknown":1}',
  '{"event_type":"dissemination","identifier":{"destination":"SOAK000","destination":"SOAK001"}}',
  '["dissemination",{"destination":"SOAK000"}]',
  '{"event_type":"dissemination","identifier":{"destination":["SOAK000"]}}',
  '{"event_type":"dissemination","identifier":{"destination":"*"}}',
  `${'['.repeat(500)}${']'.repeat(500)}`,
  '',
];
const UNKNOWN_ROUTES = ['/api/v1//watch', '/api/v1/watch/', '/API/V1/watch', '/api/v1%2fwatch', '/metrics'];
/** More than the gateway reads of a body, in bytes. */
const TOO_LARGE = 262_145;

const half = (draw: Draw, manner: Manner): Made => ({
  ...asks(draw, somebody(draw, 'steady'), 1, fixed(408)),
  manner,
  holdMs: 300 + draw.random() * (draw.longestHoldMs - 300),
});

/** The mix, by name. */
export const KINDS = {
  listed: { weight: 370, size: 1, make: (draw) => asks(draw, somebody(draw, 'steady'), 1, BY_LIST) },
  not_listed: { weight: 120, size: 1, make: (draw) => asks(draw, somebody(draw, 'steady'), 0, BY_LIST) },
  rare: { weight: 120, size: 1, make: (draw) => asks(draw, somebody(draw, 'rare'), 0.7, BY_LIST) },
  crowd: { weight: 8, size: 6, make: (draw) => asks(draw, somebody(draw, 'crowd'), 1, BY_LIST) },
  changing: { weight: 90, size: 1, make: (draw) => asks(draw, somebody(draw, 'changing'), 1, BY_LIST) },
  admin: {
    weight: 40,
    size: 1,
    make: (draw) => asks(draw, somebody(draw, 'admin'), 0, fixed(200, 'admin_bypass')),
  },
  no_match_key: {
    weight: 15,
    size: 1,
    make: (draw) => ({
      ...asks(draw, somebody(draw, 'steady'), 1, fixed(403, 'deny_match_key_missing')),
      body: '{"event_type":"dissemination","identifier":{"class":"od"}}',
    }),
  },
  bad_token: {
    weight: 45,
    size: 1,
    make: (draw) => refused(draw, 401, { token: pick(draw, draw.tokens.bad) }),
  },
  expired: {
    weight: 20,
    size: 1,
    make: (draw) => refused(draw, 401, { token: pick(draw, draw.tokens.expired) }),
  },
  anonymous: { weight: 10, size: 1, make: (draw) => refused(draw, 401, { token: null }) },
  bad_body: { weight: 35, size: 1, make: (draw) => refused(draw, 400, { body: pick(draw, BAD_BODIES) }) },
  too_large: {
    weight: 3,
    size: 1,
    make: (draw) => refused(draw, 413, { manner: 'head_only', body: ' '.repeat(TOO_LARGE) }),
  },
  unknown_event: {
    weight: 10,
    size: 1,
    make: (draw) => refused(draw, 400, { body: '{"event_type":"other","identifier":{}}' }),
  },
  unknown_route: {
    weight: 20,
    size: 1,
    make: (draw) => refused(draw, 404, { path: pick(draw, UNKNOWN_ROUTES) }),
  },
  wrong_method: { weight: 5, size: 1, make: (draw) => refused(draw, 404, { method: 'GET', body: '' }) },
  failing: {
    weight: 22,
    size: 1,
    make: (draw) => asks(draw, somebody(draw, 'failing'), 1, fixed(503, 'unavailable')),
  },
  hanging: {
    weight: 2,
    size: 1,
    make: (draw) => ({
      ...asks(draw, somebody(draw, 'hanging'), 1, fixed(503, 'unavailable')),
      patienceMs: 1_000,
    }),
  },
  slow: { weight: 8, size: 1, make: (draw) => asks(draw, somebody(draw, 'slow'), 1, BY_LIST) },
  slow_client: {
    weight: 6,
    size: 1,
    make: (draw) => ({ ...asks(draw, somebody(draw, 'steady'), 1, BY_LIST), manner: 'dribbled' }),
  },
  half_head: { weight: 2, size: 1, make: (draw) => half(draw, 'half_head') },
  half_body: { weight: 2, size: 1, make: (draw) => half(draw, 'half_body') },
  cut_off: {
    weight: 32,
    size: 1,
    make: (draw) => ({ ...asks(draw, somebody(draw, 'steady'), 1, BY_LIST), manner: 'cut_off' }),
  },
  left: {
    weight: 15,
    size: 1,
    make: (draw) => ({ ...asks(draw, somebody(draw, 'slow'), 1, BY_LIST), manner: 'left' }),
  },
} as const satisfies Readonly<Record<string, Kind>>;

type KindName = keyof typeof KINDS;
const NAMES = Object.keys(KINDS) as KindName[];
const TOTAL = NAMES.reduce((sum, name) => sum + KINDS[name].weight, 0);

/** How many requests an arrival is, in the mean. */
export const REQUESTS_PER_ARRIVAL =
  NAMES.reduce((sum, name) => sum + KINDS[name].weight * KINDS[name].size, 0) / TOTAL;

/** What arrives together: one request, or some for one user. Numbers them from `first` on. */
export function arrival(draw: Draw, first: number): readonly Plan[] {
  const kind = drawKind(draw.random() * TOTAL);
  const made = KINDS[kind].make(draw);
  return Array.from({ length: KINDS[kind].size }, (_, i) => completed(draw, kind, made, first + i));
}

function drawKind(at: number): KindName {
  let left = at;
  for (const name of NAMES) {
    left -= KINDS[name].weight;
    if (left < 0) return name;
  }
  return 'listed';
}

const completed = (draw: Draw, kind: KindName, made: Made, number: number): Plan => ({
  id: `soak-${number}`,
  kind,
  transport: pick(draw, TRANSPORTS),
  manner: 'whole',
  method: 'POST',
  path: draw.random() < 0.5 ? '/api/v1/watch' : '/api/v1/replay',
  body: bodyFor(made.destination),
  holdMs: 0,
  patienceMs: 30_000,
  ...made,
});

/** One ordinary request for each user whom ECPDS answers at all: the process then knows everybody. */
export function oneEach(tokens: Tokens, seed: number): readonly Plan[] {
  const draw: Draw = { random: seeded(seed), tokens, longestHoldMs: 0 };
  const answered = [...tokens.good.keys()].filter((user) => userOf(user).habit !== 'hanging');
  return answered.map((user, number) =>
    completed(draw, 'listed', asks(draw, user, 1, RIGHTS[userOf(user).habit] ?? BY_LIST), number),
  );
}
