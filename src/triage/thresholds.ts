/**
 * From which number on something is a symptom, for a site of some hundreds to thousands of users with long-lived
 * streams: tens of requests a minute by day, a handful in an hour by night. Reasons in docs/decisions/0028.
 */

/** A storm: within `window`, both that many and that share. The floor keeps one request at night from being a storm. */
export const STORMS = {
  unavailable: { window: '5m', atLeast: 10, share: 0.1 },
  auth_o_tron: { window: '5m', atLeast: 10, share: 0.1 },
  deny_destination: { window: '5m', atLeast: 20, share: 0.25 },
} as const;

/** How long a storm has to last, in seconds. */
export const STORM_SECONDS = 120;

/** Up to so many distinct users are a client in a loop, not a crowd. */
export const FEW_USERS = 2;

/** The cache helps little when misses are more than so many times the hits. */
export const CACHE = {
  window: '15m',
  missesPerHit: 3,
  atLeastMisses: 100,
  /** 95 % of `ecpds.max_entries` as shipped (10000). */
  nearlyFull: 9500,
  /** 5,000 users who each come back once an hour are 420 in five minutes. */
  manyUsers: 500,
  /** A process younger than that is filling its cache, in seconds. */
  coldSeconds: 1800,
} as const;

/** A check that takes longer than `seconds` (an upper bound of a bucket) is slow. */
export const SLOW = { window: '10m', seconds: 5, atLeast: 10, share: 0.1 } as const;

/** Against the same hour of the day before and of the week before. */
export const BASELINE = {
  window: '1h',
  /** Times the baseline, and so many requests more. */
  high: 3,
  atLeastMore: 600,
  /** Times the baseline, when that is so many requests. */
  low: 0.2,
  atLeastBefore: 300,
  /** A share, in the hundredths of all that it is above the baseline's. */
  share: 0.2,
  atLeastOfShare: 20,
  /** Too few refusals: the baseline's share must have been that large, and there must be so many requests. */
  refusedBefore: 0.1,
  atLeastRequests: 100,
} as const;

/** More reads behind the gate than were allowed: so many times, and so many more. Scrapes are not simultaneous. */
export const UNCHECKED = { window: '15m', times: 1.05, more: 5 } as const;
