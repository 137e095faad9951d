import { fail, ok, type Result } from '../domain/result.js';
import { isLocal } from '../domain/secure-url.js';
import { hasBlank } from './text-rules.js';

/** A base URL, or what is wrong with it. The text itself is in no message: it may hold credentials. */
export function parseBaseUrl(text: string): Result<URL, string> {
  if (text === '') return fail('is empty');
  if (hasBlank(text)) return fail('has blanks in it');
  if (!URL.canParse(text)) return fail('is not a URL');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return fail('is neither an https nor an http URL');
  if (/^[^:]+:[\\/]*[^\\/?#]*@/.test(text)) return fail('holds credentials');
  if (text.includes('#')) return fail('has a fragment');
  return text.includes('?') ? fail('has a query') : ok(url);
}

/** A base URL to which a password is sent. */
export function parseSecureUrl(text: string): Result<URL, string> {
  const parsed = parseBaseUrl(text);
  if (!parsed.ok || parsed.value.protocol === 'https:' || isLocal(parsed.value)) return parsed;
  return fail('would send the password over plain http to another host');
}
