import type { Activity } from '../situation.js';
import { duration, many, total, within } from '../words.js';
import { type Found, NOTHING, type Rule } from './rule.js';

/** So many reads that pass without a check, and none that is checked: as in the alert AvisoNoAllows. */
const PASSES = 20;
const WINDOW_SECONDS = 900;

/** Nothing is gated; or reads pass, and ECPDS is asked for none of them. */
export const quiet: Rule = (situation) => {
  const passes = within(situation, WINDOW_SECONDS, passed);
  const checks = within(situation, WINDOW_SECONDS, checked);
  const when = `in the last ${duration(Math.min(WINDOW_SECONDS, Math.max(1, situation.uptimeSeconds)))}`;
  if (situation.gatedEventTypes === 0) {
    const evidence = [`${many(passes, 'request')} passed without a check ${when}`];
    return [found('no event type is gated', evidence)];
  }
  if (passes < PASSES || checks > 0) return NOTHING;
  const gated = many(situation.gatedEventTypes, 'event type is', 'event types are');
  const evidence = [`${gated} gated; the event types that are read are others`];
  return [found(`${passes} requests passed ${when}, and none was checked`, evidence)];
};

const found = (what: string, evidence: readonly string[]): Found => ({ what, evidence, users: null });

/** Those that are let through for another reason than a list or an administrator's role. */
const passed = ({ statuses, decisions }: Activity): number =>
  (statuses['200'] ?? 0) - decisions.allow - decisions.admin_bypass;

const checked = ({ decisions }: Activity): number => total(decisions) - decisions.admin_bypass;
