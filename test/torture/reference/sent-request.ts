import type { Body, Question } from './body.js';

/** A request as the gateway would get it, before anybody has read it. */
export interface SentRequest {
  readonly method: string;
  /** Path and query, as they were sent. */
  readonly target: string;
  /** Names and values in the order they were sent; names in any case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
  /** The operation of the proxy's route, when it says so. */
  readonly routeOperation: string | null;
  /** Its deadline has passed. */
  readonly isLate: boolean;
}

/** The values of a header, in order. */
export const headerValues = ({ headers }: SentRequest, wanted: string): string[] =>
  headers.filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value);

/** Whether a body asks something. */
export const asked = (body: Body): body is Body & { readonly question: Question } => body.question !== null;
