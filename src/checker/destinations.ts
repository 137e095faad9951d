/** The destinations a user may read: what is cached. */
export interface DestinationList {
  readonly size: number;
  has(destination: string): boolean;
}

export function destinationList(names: Iterable<string>): DestinationList {
  return new Set(names);
}
