import type { Random } from '../../../tools/drill/random.js';
import type { Size } from '../part.js';
import type { People } from './people.js';
import type { Ports } from './sidecar.js';
import type { Tally } from './tally.js';

/** Where an attack goes to, and what it may say there. */
export interface Front {
  readonly ports: Ports;
  readonly people: People;
  readonly tally: Tally;
  readonly size: Size;
}

/** Something hostile, made up beforehand, so that what is sent depends on the seed alone. */
export interface Attack {
  readonly name: string;
  run(): Promise<void>;
}

/** Makes up attacks: tells the tally what they will send, and takes all chance from `random`. */
export type Plan = (front: Front, random: Random) => readonly Attack[];

/** A connection that has to be closed has so long, in milliseconds. */
export const CLOSE_WITHIN_MS = 10_000;

/** Many or few, by the size of the run. */
export const scaled = (size: Size, short: number, long: number): number => (size === 'short' ? short : long);
