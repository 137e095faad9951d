import { fail, ok, type Result } from './result.js';

/** The only hosts that may be spoken to over plain http: Aviso names the same three. */
const LOCAL_HOSTS = ['127.0.0.1', '[::1]', 'localhost'];

export function isLocal(url: URL): boolean {
  return LOCAL_HOSTS.includes(url.hostname);
}

/** Where keys may be fetched from, or what is wrong with it: whoever can change what is read there is any user. */
export function parseKeyUrl(text: string): Result<URL, string> {
  if (/[\s\u0085]/.test(text)) return fail('has blanks in it');
  if (!URL.canParse(text)) return fail(text === '' ? 'is empty' : 'is not a URL');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return fail('is neither an https nor an http URL');
  if (url.username !== '' || url.password !== '' || /^[^:]+:[\\/]*@/.test(text))
    return fail('holds credentials');
  if (text.includes('#')) return fail('has a fragment');
  return url.protocol === 'https:' || isLocal(url)
    ? ok(url)
    : fail('would fetch keys over plain http from another host');
}
