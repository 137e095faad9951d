import type { Check, Flaw } from '../../finding.js';
import type { EnvoyGateway } from '../gateway.js';
import type { Part } from '../part.js';

export type EnvoyCheck = Check<EnvoyGateway>;

export const flaw = ({ place }: Part, problem: string, cure: string): Flaw => ({ place, problem, cure });

/** One flaw when a part is not as it should be, else none. */
export const unless = (isFine: boolean, part: Part, problem: string, cure: string): Flaw[] =>
  isFine ? [] : [flaw(part, problem, cure)];

/** `is 16384`, or `is not set`. For settings only, whose values are no secrets. */
export const said = (part: Part): string => (part.isThere ? `is ${part.text ?? 'set'}` : 'is not set');

/** A flaw when a switch that has to be on is off, or is not there. */
export const unlessOn = (part: Part, cure: string): Flaw[] => unless(part.flag, part, said(part), cure);

/** A flaw when a switch that has to be off is on. */
export const unlessOff = (part: Part, cure: string): Flaw[] => unless(!part.flag, part, said(part), cure);
