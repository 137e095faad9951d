import { grew } from '../promql.js';
import type { Alert } from '../symptom.js';
import { STORM_SECONDS } from '../thresholds.js';

const SAME = 'and on (job, instance, oidc_provider)';

/** None of them pages: only the users of the provider that the alert names are concerned. */
export const KEY_ALERTS: readonly Alert[] = [
  {
    name: 'AvisoOldKeysKept',
    expr: `aviso_jwks_stale == 1\n${SAME} aviso_jwks_keys > 0`,
    forSeconds: 300,
    severity: 'ticket',
    summary:
      'Keys of {{ $labels.oidc_provider }} cannot be refreshed on {{ $labels.instance }}; the old ones are in use',
    description: 'Nobody is refused yet. Do not start a rotation of its signing keys.',
    why: '"Old JWKS re-cached: some key providers failed". Longer than a few attempts, which are at most cooldown_seconds (30 s) apart: a single failure is none.',
  },
  {
    name: 'AvisoOldKeysExpireSoon',
    expr: `aviso_jwks_age_seconds > 64800\n${SAME} aviso_jwks_stale == 1\n${SAME} aviso_jwks_keys > 0`,
    forSeconds: 300,
    severity: 'incident',
    summary: 'Keys of {{ $labels.oidc_provider }} on {{ $labels.instance }} are about to expire',
    description:
      'The users of that provider get 503 at max_stale_seconds. Do not start a rotation of its signing keys.',
    why: 'The same, when what is kept has a quarter of its greatest age left: 64800 s are three quarters of max_stale_seconds as shipped (86400). Change both together.',
  },
  {
    name: 'AvisoNoKeys',
    expr: 'aviso_jwks_keys == 0',
    forSeconds: 60,
    severity: 'incident',
    summary: 'No keys of {{ $labels.oidc_provider }} on {{ $labels.instance }}: its users get 503 there',
    description: 'The users of that provider get 503 there. Users of other providers are served.',
    why: '"Incomplete JWKS cached: some key providers failed, no old cache to fall back to". A minute: at the start there are none until the first attempt has ended.',
  },
  {
    name: 'AvisoNotReadyForKeys',
    expr: 'sum by (job, oidc_provider) (aviso_jwks_waiting) > 0',
    forSeconds: 120,
    severity: 'incident',
    summary:
      '{{ $value }} processes wait for the first keys of {{ $labels.oidc_provider }} and are not ready',
    description: 'New processes do not come up. Do not restart or roll out what is still ready.',
    why: 'Readiness: cloud_connector_ready is false. New processes do not come up, so nothing can be rolled out.',
  },
  {
    name: 'AvisoKeyUsersRefused',
    expr: `${grew('aviso_auth_requests_total{mode="jwks",outcome="service_unavailable"}', '5m')} >= 5`,
    forSeconds: STORM_SECONDS,
    severity: 'incident',
    summary: 'Some {{ $value | printf "%.0f" }} requests got 503 in five minutes: keys of a provider',
    description:
      'Tokens cannot be verified, because keys are missing or a token names one that is newer than the last fetch.',
    why: 'Five in five minutes: a token of a new key now and then is met by the next attempt.',
  },
];
