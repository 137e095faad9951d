import { createHash } from 'node:crypto';
import { seeded } from '../../../tools/drill/random.js';
import type { Size } from '../part.js';
import { TRANSPORTS, type Transport } from './ask.js';
import { describe, FAULTS, type Fault, isSlow } from './fault.js';
import { POINT_NAMES, type PointName, pointOf } from './points.js';
import type { Mode } from './world.js';

/** What the cache holds of the user when the fault comes: nothing, a list, or one so old that it is fetched again behind a hit. */
export const STATES = ['miss', 'hit', 'old'] as const;
export type State = (typeof STATES)[number];

export interface Case {
  readonly mode: Mode;
  readonly point: PointName;
  readonly fault: Fault;
  readonly transport: Transport;
  readonly state: State;
}

/** What is broken, how, and over which transport. */
export const nameOf = ({ point, fault, transport, state, mode }: Case): string =>
  `${point} ${describe(fault)} over ${transport}, ${state}, ${mode}`;

/** With `auth.mode: direct` only what is on the way of it is tried again. */
const IN_DIRECT: readonly PointName[] = [
  'auth_o_tron.fetch',
  'auth_o_tron.body',
  'authorize.resolve',
  'tokens.recall',
  'crypto.verify',
];

const pointsOf = (mode: Mode): readonly PointName[] =>
  POINT_NAMES.filter((name) =>
    mode === 'direct' ? IN_DIRECT.includes(name) : pointOf(name).world !== 'direct',
  );

/** The short form leaves a text that is thrown to the long one. */
const faultsOf = (point: PointName, size: Size): readonly Fault[] =>
  FAULTS[pointOf(point).kind].filter(
    (fault) => size === 'long' || !('value' in fault && fault.value === 'text'),
  );

/** One in so many of the short form's cases is tried behind a hit. */
const HITS_ARE = 5;

/** The cases of a world, in an order that the seed decides: all of them, or one of each point and fault. */
export function casesOf(mode: Mode, size: Size, seed: number): readonly Case[] {
  const random = seeded(seed);
  const cases = pointsOf(mode).flatMap((point) =>
    faultsOf(point, size).flatMap((fault) => {
      const all = everywhere({ mode, point, fault });
      if (size === 'long') return all;
      const isMiss = isSlow(fault) || fault.kind === 'jumps' || random() * HITS_ARE >= 1;
      const some = all.filter(({ state }) => (state === 'miss') === isMiss);
      return some.slice(Math.floor(random() * some.length)).slice(0, 1);
    }),
  );
  return shuffled(cases, random);
}

function everywhere(what: Pick<Case, 'mode' | 'point' | 'fault'>): Case[] {
  return TRANSPORTS.filter((transport) => reaches(what.point, transport)).flatMap((transport) =>
    STATES.map((state) => ({ ...what, transport, state })),
  );
}

const reaches = (point: PointName, transport: Transport): boolean =>
  point.startsWith('http.')
    ? transport !== 'envoy_grpc'
    : !point.startsWith('grpc.') || transport === 'envoy_grpc';

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const left = [...items];
  return items.flatMap(() => left.splice(Math.floor(random() * left.length), 1));
}

export const digestOf = (cases: readonly Case[]): string =>
  createHash('sha256').update(cases.map(nameOf).join('\n')).digest('hex');
