import { fail, ok, type Result } from '../../domain/result.js';
import { parseKeyUrl } from '../../domain/secure-url.js';
import { JsonObject, readStrictJson } from '../../json/strict-json.js';

/** Where the issuer describes itself (OpenID Connect Discovery 1.0, section 4). */
export const discoveryUrl = (issuer: string): URL =>
  new URL(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);

/**
 * The address of the keys in a discovery document, or the end of a sentence about the document.
 *
 * The document must name this issuer to the letter (section 4.3), and keys are never fetched over plain http from
 * another host, whoever says so.
 */
export function readDiscovery(body: Uint8Array, issuer: string): Result<URL, string> {
  const json = readStrictJson(body);
  if (!json.ok) return fail('is not JSON');
  const document = json.value;
  if (!(document instanceof JsonObject) || document.repeats(['issuer', 'jwks_uri']))
    return fail('is no discovery document');
  if (document.members.get('issuer') !== issuer) return fail('is of another issuer');
  const uri = document.members.get('jwks_uri');
  if (typeof uri !== 'string') return fail('has no `jwks_uri`');
  const url = parseKeyUrl(uri);
  return url.ok ? ok(url.value) : fail(`has a \`jwks_uri\` that ${url.failure}`);
}
