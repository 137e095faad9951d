import type { CheckContext, CheckObserver } from '../../src/checker/observer.js';
import type { ServerReport } from '../../src/checker/server.js';
import { asUsername } from '../../src/domain/names.js';

export interface RecordingObserver extends CheckObserver {
  /** What the checker told, in order: the name of the step, and the outcome of a fetch. */
  readonly steps: string[];
  readonly reports: ServerReport[];
}

export function recordingObserver(): RecordingObserver {
  const steps: string[] = [];
  const reports: ServerReport[] = [];
  return {
    steps,
    reports,
    started: () => void steps.push('started'),
    cacheHit: () => void steps.push('cacheHit'),
    cacheMiss: () => void steps.push('cacheMiss'),
    serverAnswered: (_context, report) => void reports.push(report),
    fetchFinished: (_context, outcome) => void steps.push(`fetch ${outcome}`),
  };
}

export const contextFor = (username: string): CheckContext => ({
  requestId: 'request-1',
  eventType: 'dissemination',
  username: asUsername(username),
});
