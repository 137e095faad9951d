import type { KeyFetchOutcome } from '../domain/key-state.js';
import { type Text, withCode } from './prose.js';
import type { CauseClass } from './symptom.js';

/** What is wrong when the keys of a provider cannot be had, in the words of docs/key-outages.md. */
export const KEY_CAUSES: Readonly<
  Record<Exclude<KeyFetchOutcome, 'success'>, { readonly cause: CauseClass; readonly look: Text }>
> = {
  unreachable: { cause: 'network', look: withCode('the provider, the network between, `sidecar.ca_file`') },
  http_5xx: { cause: 'upstream', look: 'the provider' },
  http_4xx: {
    cause: 'configuration',
    look: withCode('`jwks_uri`, `issuer`; a route that was changed there'),
  },
  invalid_response: {
    cause: 'upstream',
    look: 'what the provider publishes; a login page or a proxy that answers in its place',
  },
  no_usable_keys: { cause: 'upstream', look: withCode('what the provider publishes, against `algorithms`') },
};
