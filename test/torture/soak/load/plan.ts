import type { Transport } from '../../../../src/domain/request.js';

/**
 * How a request is brought:
 * - `whole`: at once, on a connection that is kept.
 * - `dribbled`: in small pieces, with pauses.
 * - `head_only`: its head says how large the body is, and the body stays away.
 * - `half_head`, `half_body`: so much of it, and then nothing for `holdMs`.
 * - `cut_off`: half of the body, and the connection (or stream) ends.
 * - `left`: whole, but its sender goes away before the answer.
 */
export type Manner = 'whole' | 'dribbled' | 'head_only' | 'half_head' | 'half_body' | 'cut_off' | 'left';

/** A value of `aviso_ecpds_access_decisions_total{outcome}`. */
export type Outcome =
  | 'allow'
  | 'admin_bypass'
  | 'deny_destination'
  | 'deny_match_key_missing'
  | 'unavailable'
  | 'error';

/** What must come of a request: always the same, or what the user's list says. */
export type Right =
  | { readonly kind: 'fixed'; readonly status: number; readonly outcome: Outcome | null }
  | { readonly kind: 'by_list' };

/** One request of the load, with everything that is sent, and what is right. */
export interface Plan {
  /** Its `x-request-id`. */
  readonly id: string;
  readonly kind: string;
  readonly transport: Transport;
  readonly manner: Manner;
  readonly user: string | null;
  readonly destination: string;
  readonly token: string | null;
  readonly method: 'POST' | 'GET';
  readonly path: string;
  readonly body: string;
  readonly right: Right;
  /** How long a half-open one is held, in milliseconds. */
  readonly holdMs: number;
  /** How long a proxy says that it waits, in milliseconds. */
  readonly patienceMs: number;
}

/** Whether its latency is that of an ordinary request: nothing about it makes it slow. */
export const isOrdinary = ({ manner, kind }: Plan): boolean =>
  manner === 'whole' && kind !== 'hanging' && kind !== 'slow' && kind !== 'crowd';

/** Whether nobody waits for its answer before the next one: it takes its time, or has no answer. */
export const isSlow = ({ manner, kind }: Plan): boolean =>
  manner !== 'whole' || kind === 'hanging' || kind === 'slow';
