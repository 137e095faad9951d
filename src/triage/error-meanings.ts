import { type Text, withCode } from './prose.js';

/** What the `error` of a failed call to an ECPDS server means: the table of the runbook, in its words. */
const MEANINGS: readonly { readonly error: RegExp; readonly means: Text }[] = [
  { error: /^HTTP 40[13]$/, means: 'the service account is wrong, revoked or lacks a right' },
  { error: /^HTTP (404|30\d)$/, means: withCode('a URL in `servers` is not the base of ECPDS') },
  { error: /^HTTP 429$/, means: 'ECPDS limits the service account' },
  { error: /^HTTP 5\d\d$/, means: 'ECPDS itself' },
  { error: /^(ENOTFOUND|EAI_AGAIN)$/, means: 'DNS' },
  { error: /^(ECONNREFUSED|ECONNRESET|EHOSTUNREACH)$/, means: 'nobody listens, or a firewall' },
  { error: /^UND_ERR_SOCKET$/, means: 'the connection was closed in the middle of an answer' },
  { error: /^UND_ERR_CONNECT_TIMEOUT$/, means: withCode('no connection within `connect_timeout_seconds`') },
  { error: /^no answer within /, means: withCode('no whole answer within `request_timeout_seconds`') },
  {
    error: /^no turn within /,
    means: withCode(
      'not asked: `max_concurrent_fetches` calls to that server ran all the time, and they are slow',
    ),
  },
  { error: /CERT|VERIFY|SELF_SIGNED/, means: withCode('the certificate, or `sidecar.ca_file`') },
  {
    error: /^(not JSON|success is not|destinationList is not|HTTP 2\d\d|more than )/,
    means: 'something other than ECPDS answers, or its format has changed',
  },
];

/** What an `error` means, or null when the runbook does not say. */
export const meaningOf = (error: string): Text | null =>
  MEANINGS.find((row) => row.error.test(error))?.means ?? null;

export const ERROR_MEANINGS: readonly string[] = MEANINGS.map(({ means }) => `${means}`);
