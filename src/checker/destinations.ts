/** The destinations a user may read: what is cached. */
export interface DestinationList {
  /** How many there are. */
  readonly size: number;
  /** Whether this very name is among them; nothing is folded or normalised. */
  has(destination: string): boolean;
}
