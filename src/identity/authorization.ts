/**
 * Reads `Authorization` header values as Aviso does (contract section 2, "Identity").
 *
 * `anonymous`: absent, or nothing Aviso would take for credentials. `ambiguous`: more than one set of credentials,
 * of which proxy, sidecar and gateway might each pick another; refused.
 */
export type Authorization =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'ambiguous' }
  | {
      readonly kind: 'credentials';
      readonly scheme: 'bearer' | 'basic';
      readonly header: string;
      readonly token: string;
    };

const ANONYMOUS: Authorization = { kind: 'anonymous' };
const AMBIGUOUS: Authorization = { kind: 'ambiguous' };

/** Visible ASCII, spaces and tabs: what Aviso's HTTP library can read as text at all. */
const READABLE = /^[\t\x20-\x7e]*$/;

/** What nearly all clients send, read at a glance; the rules below say the same of it. */
const PLAIN_BEARER = /^Bearer [A-Za-z0-9._-]+$/;

/** `trusted_proxy` and providers: exactly two words, the first `Bearer` in any case. */
export function readBearer(values: readonly string[]): Authorization {
  const [sent = ''] = values;
  if (values.length === 1 && PLAIN_BEARER.test(sent)) {
    return { kind: 'credentials', scheme: 'bearer', header: sent, token: sent.slice(7) };
  }
  const header = single(values);
  if (typeof header !== 'string') return header;
  const [scheme = '', token, ...more] = header.split(/[\t ]+/);
  if (scheme.toLowerCase() !== 'bearer') return ANONYMOUS;
  if (header.includes(',')) return AMBIGUOUS;
  if (token === undefined || more.length > 0) return ANONYMOUS;
  return { kind: 'credentials', scheme: 'bearer', header, token };
}

/** `direct`: `Bearer` or `Basic`, one space, anything not blank. `header` is what auth-o-tron is to be shown. */
export function readDirect(values: readonly string[]): Authorization {
  const header = single(values);
  if (typeof header !== 'string') return header;
  const space = header.indexOf(' ');
  const scheme = header.slice(0, Math.max(space, 0)).toLowerCase();
  const token = header.slice(space + 1).trim();
  if (scheme !== 'bearer' && scheme !== 'basic') return ANONYMOUS;
  if (header.includes(',')) return AMBIGUOUS;
  if (token === '') return ANONYMOUS;
  return { kind: 'credentials', scheme, header, token };
}

/** The one header value, trimmed; or what several, or an unreadable one, amount to. */
function single(values: readonly string[]): string | Authorization {
  if (values.length > 1) return AMBIGUOUS;
  const sent = values[0] ?? '';
  if (!READABLE.test(sent)) return ANONYMOUS;
  // Of what is readable, `trim` takes blanks and tabs only; a pattern for them would be quadratic in their number.
  const header = sent.trim();
  if (header === '') return ANONYMOUS;
  return joinsBearer(header) ? AMBIGUOUS : header;
}

/** Proxies join repeated headers with a comma, so a Bearer behind one is a second header. */
const joinsBearer = (header: string): boolean => /,[\t ]*bearer[\t ]/i.test(header);
