import type { EventLog } from './logger.js';

/** Says how sending traces goes. No decision depends on it. */
export const exportReports = (log: EventLog) => ({
  failing: (error: string): void =>
    log.write('warn', 'tracing.export.failed', { error }, 'Traces cannot be sent, and are lost meanwhile'),
  recovered: (lost: number): void =>
    log.write('info', 'tracing.export.recovered', { lost_spans: lost }, 'Traces are sent again'),
});
