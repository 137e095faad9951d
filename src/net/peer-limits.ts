/** What one peer of a listener may take of us (docs/decisions/0058-limits-for-peers.md). Times in milliseconds. */
export interface PeerLimits {
  /** How long a request may take to arrive whole, and a connection to begin one. */
  readonly receiveMs: number;
  /** How long an answer may lie here because its peer does not read it. */
  readonly untakenMs: number;
  /** How long a connection that was ended may stay open because its peer does not close it. */
  readonly lingerMs: number;
  /** How often the above are looked at: each may take so much longer. */
  readonly lookMs: number;
}

export const PEER_LIMITS: PeerLimits = {
  // A proxy has the whole request before it asks, so it never needs long to send it.
  receiveMs: 15_000,
  untakenMs: 30_000,
  lingerMs: 2_000,
  lookMs: 2_000,
};

/**
 * The most connections of each listener at once. Envoy may have as many checks open over HTTP as clients (20,000 in the
 * shipped configurations), and over gRPC one connection for each worker.
 */
export const MAX_CONNECTIONS = { http: 20_000, grpc: 1_000, admin: 200 } as const;

/** How many looks in a row, every `lookMs`, make so many milliseconds. */
export const looksIn = (ms: number, { lookMs }: PeerLimits): number => Math.max(1, Math.ceil(ms / lookMs));
