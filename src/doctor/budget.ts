import type { Budget } from './finding.js';
import { MARGIN_SECONDS } from './gated.js';

/** Whether the authorizer's share of the time for a check covers a whole call to ECPDS. */
export const givesEcpdsItsTime = (seconds: number, budget: Budget): boolean =>
  seconds * budget.deadlineShare >= budget.requestTimeoutSeconds;

/** How long a proxy should wait for a check, in seconds: as shipped, or longer when the authorizer's share asks for it. */
export const checkSeconds = ({ requestTimeoutSeconds, deadlineShare }: Budget): number =>
  Math.max(requestTimeoutSeconds + MARGIN_SECONDS, requestTimeoutSeconds / deadlineShare);

/** Whole seconds, for a text to copy. Tiny errors of floating point do not count as a second. */
export const roundedUp = (seconds: number): number => Math.ceil(seconds - 1e-9);
