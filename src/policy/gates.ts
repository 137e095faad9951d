import type { RealmRoles } from '../domain/identity.js';
import type { MatchRule } from '../domain/match-rule.js';

/** What stands between a client and one event type (contract section 2, "Event types"). */
export interface Gate {
  /** A user must be known. */
  readonly required: boolean;
  /** The roles of which the user must hold one, or null when any user may read. */
  readonly readRoles: RealmRoles | null;
  /** The rule of the match key when destinations are checked, else null. */
  readonly destination: MatchRule | null;
}

export interface GateTable {
  /** The gate of an event type; `unknown` when the schema does not name it and may not be left out. */
  gateOf(eventType: string): Gate | 'unknown';
  /** How many event types are gated by destination: the value of `aviso_ecpds_gated_event_types`. */
  readonly gatedCount: number;
}

const OPEN: Gate = { required: false, readRoles: null, destination: null };

/**
 * @param gates event type to its gate
 * @param strict the effective `notification_schema_strict`
 */
export function gateTable(gates: ReadonlyMap<string, Gate>, strict: boolean): GateTable {
  return {
    gateOf: (eventType) => gates.get(eventType) ?? (strict ? 'unknown' : OPEN),
    gatedCount: [...gates.values()].filter((gate) => gate.destination !== null).length,
  };
}
