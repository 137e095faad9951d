import type { Part } from './part.js';
import { SOAK } from './soak/part.js';

/** The parts of the suite, in the order they run in. */
export const PARTS: readonly Part[] = [SOAK];

/** The part of that name, or undefined. */
export const partOf = (name: string): Part | undefined => PARTS.find((part) => part.name === name);
