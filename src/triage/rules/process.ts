import { duration, lately, many, present, since } from '../words.js';
import { NOTHING, type Rule } from './rule.js';

/** Not ready, for another reason than keys. That it does not answer at all is seen from outside only. */
export const notReady: Rule = ({ readiness, uptimeSeconds }) => {
  if (readiness.ready || readiness.reason === 'keys') return NOTHING;
  const what = `this process is not ready (${readiness.reason ?? 'it does not say why'})`;
  const evidence = [`it runs for ${duration(uptimeSeconds)}`, '/readyz answers 503'];
  return [{ what, evidence, users: null }];
};

/** The files have problems now, or hold what only a restart takes over. */
export const staleConfiguration: Rule = (situation) => {
  const { pending, recent } = situation;
  if (pending === undefined) return NOTHING;
  const { refusedForSeconds, needRestart } = pending;
  if (refusedForSeconds !== null) {
    const what = `the changed configuration was refused ${since(situation, refusedForSeconds)}; the old one runs`;
    const evidence = present([
      recent.reloadFailures > 0 ? `${many(recent.reloadFailures, 'failed reload')} ${lately(recent)}` : null,
      'the next start with these files ends with exit code 2',
    ]);
    return [{ what, evidence, users: null }];
  }
  if (needRestart.length === 0) return NOTHING;
  const what = `only a restart takes over ${needRestart.join(', ')}`;
  return [{ what, evidence: ['configuration.reload.succeeded has them as need_restart'], users: null }];
};

/** Any: whoever counts in the log has to know. */
export const lostLogLines: Rule = ({ recent }) => {
  if (recent.droppedLogLines === 0) return NOTHING;
  const what = `${many(recent.droppedLogLines, 'log line')} dropped ${lately(recent)}`;
  return [{ what, evidence: ['decisions are not affected; counting users in the log is'], users: null }];
};
