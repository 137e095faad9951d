/** An answer as a client understands it, whatever wire it came over. */
export interface WireAnswer {
  /** What it means to the client: Envoy's 424 is a 503. */
  readonly status: number;
  /** Whether a proxy would let the request through. */
  readonly allows: boolean;
  /** The `x-request-id`; null where the wire carries none. */
  readonly requestId: string | null;
  /** The `x-aviso-user` of an allow. */
  readonly user: string | null;
}

/**
 * What came of a request. `gone`: the client went away before an answer, as planned. `ended`: the sidecar closed the
 * connection without an answer. `broken`: what came is no answer, or more than one.
 */
export type Came =
  | { readonly kind: 'answered'; readonly answer: WireAnswer }
  | { readonly kind: 'gone' }
  | { readonly kind: 'ended' | 'broken'; readonly why: string };

export const GONE: Came = { kind: 'gone' };
export const broken = (why: string): Came => ({ kind: 'broken', why });
