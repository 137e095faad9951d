/** How cost grows along one axis, everything else held. */
export interface Curve {
  readonly axis: 'users' | 'destinations per user';
  readonly points: readonly Point[];
}

export interface Point {
  /** Users, or destinations per user. */
  readonly x: number;
  /** Requests per second, as a share of the bare route's in the same rounds. */
  readonly throughput: number;
  /** Growth of live data from before to after every user was asked for, in MB. */
  readonly memoryMb: number;
}
