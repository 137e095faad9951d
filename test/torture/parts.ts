import type { Part } from './part.js';
import { RELOADS } from './reloads/part.js';
import { RESTARTS } from './restarts/part.js';

/** The parts of the suite, in the order they run in. */
export const PARTS: readonly Part[] = [RESTARTS, RELOADS];

/** The part of that name, or undefined. */
export const partOf = (name: string): Part | undefined => PARTS.find((part) => part.name === name);
