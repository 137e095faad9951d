import type { EventTypeTruth, ProviderTruth, Truth } from '../../reference/world.js';
import { BROKEN, LISTS } from './lists.js';

/** Which of the worlds: they differ in strictness, and in what the match key is called. */
export const WORLDS = ['strict', 'lenient'] as const;
export type WorldName = (typeof WORLDS)[number];

/** When everything in the fuzzed worlds happens, in seconds since the epoch: the wall clock stands still. */
export const NOW = 1_893_456_000;

/** `ecpds.match_key` by world. */
export const MATCH_KEYS = { strict: 'destination', lenient: 'constructor' } as const;

const gated = (rule: EventTypeTruth['rule']): EventTypeTruth => ({ required: true, readRoles: null, rule });
const STAFF = { ecmwf: ['reader', 'operator'], partners: ['*'] };

/** What stands before each event type; the sidecar is configured by this table. */
export const EVENT_TYPES: ReadonlyMap<string, EventTypeTruth> = new Map([
  ['dissemination', gated({ type: 'StringHandler', max_length: 16 })],
  ['anything', gated({ type: 'StringHandler' })],
  ['numbered', gated({ type: 'IntHandler' })],
  ['ranged', gated({ type: 'IntHandler', range: [-5n, 1000n] as const })],
  [
    'listed',
    gated({ type: 'EnumHandler', values: ['CIP', 'Foo', 'k', '*', '5', 'True', 'stra\u00dfe', 'i'] }),
  ],
  ['staff', { ...gated({ type: 'StringHandler', max_length: 16 }), readRoles: STAFF }],
  ['constructor', gated({ type: 'StringHandler' })],
  ['members', gated(null)],
  ['members-staff', { required: true, readRoles: STAFF, rule: null }],
  ['open', { required: false, readRoles: null, rule: null }],
]);

export const ADMIN_ROLES = { ecmwf: ['admin'], ops: ['*'] };

/** The whole truth about a world: what the reference judges by. */
export const truthOf = (
  world: WorldName,
  jwtSecret: string,
  providers: readonly ProviderTruth[] = [],
): Truth => ({
  now: NOW,
  jwtSecret,
  isStrict: world === 'strict',
  matchKey: MATCH_KEYS[world],
  eventTypes: EVENT_TYPES,
  adminRoles: ADMIN_ROLES,
  lists: new Map<string, ReadonlySet<string> | 'no answer'>([
    ...[...LISTS].map(([user, names]) => [user, new Set(names)] as const),
    ...[...BROKEN.keys()].map((user) => [user, 'no answer'] as const),
  ]),
  providers,
});
