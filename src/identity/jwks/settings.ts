import type { SignatureAlgorithm } from '../../domain/signature-algorithm.js';

/** One provider of signing keys, in the units of the code (contract section 7). */
export interface ProviderSettings {
  /** The value of `oidc_provider` in events and series. */
  readonly name: string;
  /** What `iss` must be, to the letter. */
  readonly issuer: string;
  /** Where its keys are; null: where its discovery document says. */
  readonly jwksUri: URL | null;
  /** What `aud` must hold, or null when any audience will do. */
  readonly audience: string | null;
  readonly algorithms: readonly SignatureAlgorithm[];
  readonly realm: RealmSource;
  readonly usernameClaim: string;
  /** Null: its users have no roles. */
  readonly rolesClaim: string | null;
  /** Readiness waits for its first keys. */
  readonly required: boolean;
  /** Its usernames are those of ECPDS. */
  readonly ecpdsUsers: boolean;
}

/** Where a user's realm comes from. `reserved`: realms that belong to others, and that no token of this one may name. */
export type RealmSource =
  | { readonly kind: 'fixed'; readonly realm: string }
  | { readonly kind: 'claim'; readonly claim: string; readonly reserved: readonly string[] };

/** What decides which keys are had: providers that agree in it share what they know across a reload. */
export type KeySource = Pick<ProviderSettings, 'name' | 'issuer' | 'jwksUri' | 'algorithms'>;

/** In milliseconds. */
export interface RefreshSettings {
  /** The longest time from the start of a successful fetch to the start of the next. */
  readonly refreshMs: number;
  /** From the end of an attempt: the least time to one that a token asks for, the most to one after a failure. */
  readonly cooldownMs: number;
  /** How long keys live after the start of the fetch that brought them. */
  readonly maxStaleMs: number;
}

/** Discovery document and keys together, name lookup to last byte, in milliseconds. */
export const KEY_FETCH_TIMEOUT_MS = 10_000;
/** Name lookup, TCP and TLS, inside the former. */
export const KEY_CONNECT_TIMEOUT_MS = 5_000;
