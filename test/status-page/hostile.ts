import { Prose, prose } from '../../src/triage/prose.js';
import type { Example } from '../../tools/status-page/examples.js';

/** Fields that hold one of a few words, or a time: what stands there is not text from elsewhere. */
const CLOSED = new Set(['at', 'verdict', 'symptom', 'cause', 'users', 'outcome', 'state', 'lastOutcome']);
/** Records whose keys come from elsewhere. */
const OPEN_KEYS = new Set(['authRequests', 'statuses', 'configuration']);

/** An example in which every text from elsewhere has something put behind it, names of settings included. */
export function withTexts({ diagnosis, situation }: Example, behind: string): Example {
  return {
    diagnosis: changed(diagnosis, behind, false) as Example['diagnosis'],
    situation: changed(situation, behind, false) as Example['situation'],
  };
}

function changed(value: unknown, behind: string, keysToo: boolean): unknown {
  if (typeof value === 'string') return value + behind;
  if (value instanceof Prose) return prose`${value}${behind}`;
  if (Array.isArray(value)) return value.map((item) => changed(item, behind, keysToo));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, below]) => {
      const kept = CLOSED.has(key) && !keysToo;
      const after = kept ? below : changed(below, behind, keysToo || OPEN_KEYS.has(key));
      return [keysToo ? key + behind : key, after];
    }),
  );
}
