import type { Sidecar } from './sidecar.js';
import type { Tally } from './tally.js';
import { pause } from './wire/peer.js';

/** Outcomes of the check by the events that stand for them. */
const EVENTS = {
  allow: 'auth.ecpds.check.allowed',
  deny_destination: 'auth.ecpds.check.denied',
  unavailable: 'auth.ecpds.check.unavailable',
  error: 'auth.ecpds.check.error',
} as const;

/** Events and series say the same, and no fewer allows than were seen; nothing was a fault of ours. */
export async function balanceBooks(sidecar: Sidecar, allowedSeen: number, tally: Tally): Promise<number> {
  // The log is written behind the loop.
  await pause(300);
  const response = await fetch(`http://127.0.0.1:${sidecar.admin}/metrics`);
  const metrics = await response.text();
  await pause(300);
  const events = sidecar.events();
  for (const [outcome, event] of Object.entries(EVENTS)) {
    const series = new RegExp(`^aviso_ecpds_access_decisions_total\\{outcome="${outcome}"\\} ([0-9]+)$`, 'm');
    const counted = Number(series.exec(metrics)?.[1]);
    const logged = events.get(event) ?? 0;
    tally.expect(counted === logged, `${outcome}: ${counted} counted, ${logged} events of ${event}`);
    if (outcome === 'allow')
      tally.expect(counted >= allowedSeen, `${allowedSeen} allows seen, ${counted} counted`);
    if (outcome === 'error') tally.expect(counted === 0, `${counted} decisions were faults`);
  }
  tally.expect(!events.has('stderr'), 'something was written to standard error');
  return [...events.values()].reduce((sum, count) => sum + count, 0);
}
