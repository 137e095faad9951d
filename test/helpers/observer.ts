import type { CheckContext, CheckObserver } from '../../src/checker/observer.js';
import type { ServerReport } from '../../src/checker/server.js';
import { asUsername } from '../../src/domain/names.js';

export interface RecordingObserver extends CheckObserver {
  /** What the checker told, in order: the name of the step, and the outcome of a fetch. */
  readonly steps: string[];
  readonly reports: ServerReport[];
  /** Bugs met in the background. */
  readonly bugs: unknown[];
}

export function recordingObserver(): RecordingObserver {
  const steps: string[] = [];
  const reports: ServerReport[] = [];
  const bugs: unknown[] = [];
  return {
    steps,
    reports,
    bugs,
    started: () => void steps.push('started'),
    cacheHit: () => void steps.push('cacheHit'),
    cacheMiss: () => void steps.push('cacheMiss'),
    serverAnswered: (_context, report) => void reports.push(report),
    fetchFinished: (_context, outcome) => void steps.push(`fetch ${outcome}`),
    grantRevoked: ({ username }, { destination, grantedAgoMs }) =>
      void steps.push(`revoked ${username} ${destination} ${grantedAgoMs}`),
    fetchRejected: (_context, { index }) => void steps.push(`rejected by ${index}`),
    circuitOpened: ({ index }, outcome) => void steps.push(`opened ${index} ${outcome}`),
    circuitClosed: ({ index }) => void steps.push(`closed ${index}`),
    probeAnswered: ({ index, result }) => void steps.push(`probed ${index} ${result.ok ? 'ok' : 'failed'}`),
    backgroundFailed: (task, cause) => {
      steps.push(`${task} broke`);
      bugs.push(cause);
    },
  };
}

export const contextFor = (username: string): CheckContext => ({
  requestId: 'request-1',
  eventType: 'dissemination',
  username: asUsername(username),
});
