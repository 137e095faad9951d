import type { BackgroundObserver, CheckContext, CheckObserver, ServerRef } from '../checker/observer.js';
import type { Explanation } from '../domain/explain.js';
import type { RecheckPair, RecheckVerdict } from '../domain/recheck.js';
import { errorText } from './error-text.js';
import type { EventLog } from './logger.js';
import type { Metrics } from './metrics.js';
import { PROTECTION_EVENTS } from './vocabulary.js';

/** What the protections report, and what operators asked on the admin listener. */
export interface ProtectionRecorder
  extends BackgroundObserver,
    Pick<
      CheckObserver,
      'grantRevoked' | 'fetchRejected' | 'circuitOpened' | 'circuitClosed' | 'probeAnswered'
    > {
  /** Once per batch, with its verdicts. */
  rechecked(requestId: string, users: number, verdicts: readonly RecheckVerdict[]): void;
  /** Once per right that was explained to an operator. */
  explained(requestId: string, question: RecheckPair, explanation: Explanation): void;
}

/** Says what the protections against outages do (contract section 8). */
export function createProtectionRecorder(log: EventLog, metrics: Metrics): ProtectionRecorder {
  const write = (kind: keyof typeof PROTECTION_EVENTS, fields: Record<string, unknown>): void => {
    const { event, level, message } = PROTECTION_EVENTS[kind];
    log.write(level, event, fields, message);
  };
  return {
    grantRevoked(context, { destination, grantedAgoMs }) {
      metrics.revokedGrants.inc();
      const granted_at = new Date(Date.now() - grantedAgoMs).toISOString();
      write('grantRevoked', about(context, { destination, granted_at }));
    },
    fetchRejected(context, at) {
      metrics.rejectedFetches.inc();
      write('fetchRejected', about(context, serverFields(at)));
    },
    circuitOpened: (at, outcome) => write('circuitOpened', { ...serverFields(at), fetch_outcome: outcome }),
    circuitClosed: (at) => write('circuitClosed', serverFields(at)),
    probeAnswered(report) {
      metrics.servers.called(report.index, report.durationMs / 1000);
      if (report.result.ok) return;
      write('probeFailed', { ...serverFields(report), error: report.result.failure.error });
    },
    backgroundFailed(task, cause) {
      metrics.backgroundErrors.inc({ task });
      write('backgroundError', { task, error: errorText(cause) });
    },
    rechecked(requestId, users, verdicts) {
      const count = (wanted: RecheckVerdict['verdict']): number =>
        verdicts.filter(({ verdict }) => verdict === wanted).length;
      const counts = { allow: count('allow'), deny: count('deny'), unavailable: count('unavailable') };
      write('recheckFinished', { users, pairs: verdicts.length, ...counts, request_id: requestId });
    },
    explained(requestId, { username, destination }, { request, fresh }) {
      const { verdict } = request.verdict;
      const fields = { username, destination, verdict, fresh_verdict: fresh.verdict };
      write('explained', { ...fields, request_id: requestId });
    },
  };
}

export const serverFields = ({ index, server }: ServerRef) => ({ server_index: index, server: server.href });

const about = (
  { eventType, username, requestId, span }: CheckContext,
  fields: Record<string, unknown>,
): Record<string, unknown> => ({
  event_type: eventType,
  username,
  ...fields,
  request_id: requestId,
  ...(span === undefined ? {} : { trace_id: span.traceId }),
});
