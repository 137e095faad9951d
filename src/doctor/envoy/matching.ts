import type { Part } from './part.js';
import { regexMatches, stringMatches } from './string-match.js';

/** Whether a request comes to a route: `maybe` depends on what only a request has, or on what cannot be told. */
export type Reach = 'never' | 'maybe' | 'always';

/** Whether a POST to a path meets a route's `match`, as far as path and method go. */
export function reachOf(match: Part, path: string): Reach {
  const byPath = pathMatches(match, path);
  if (byPath === false) return 'never';
  const byHeaders = match.at('headers').items.map(methodMatches);
  if (byHeaders.includes(false)) return 'never';
  const others = [
    'query_parameters',
    'runtime_fraction',
    'dynamic_metadata',
    'tls_context',
    'grpc',
    'filter_state',
  ];
  const isConditional = others.some((name) => match.at(name).isThere);
  return byPath === null || byHeaders.includes(null) || isConditional ? 'maybe' : 'always';
}

function pathMatches(match: Part, given: string): boolean | null {
  const sensitive = !match.at('case_sensitive').isThere || match.at('case_sensitive').flag;
  const fold = (text: string | null): string | null => (sensitive ? text : (text?.toLowerCase() ?? null));
  const path = fold(given) ?? '';
  const exact = fold(match.at('path').text);
  const prefix = fold(match.at('prefix').text);
  const folder = fold(match.at('path_separated_prefix').text);
  if (exact !== null) return path === exact;
  if (prefix !== null) return path.startsWith(prefix);
  if (folder !== null) return path === folder || path.startsWith(`${folder}/`);
  if (match.at('connect_matcher').isThere) return false;
  return regexMatches(match.at('safe_regex'), given);
}

/** What a header matcher says of a POST; null when it looks at another header, or in another way. */
function methodMatches(header: Part): boolean | null {
  if (header.at('name').text?.toLowerCase() !== ':method') return null;
  const says = header.at('exact_match').isThere
    ? header.at('exact_match').text === 'POST'
    : stringMatches(header.at('string_match'), 'POST');
  return says === null ? null : says !== header.at('invert_match').flag;
}

/** Whether a route rewrites some path that it matches into `target`; null when that cannot be told. */
export function rewritesInto(match: Part, action: Part, target: string): boolean | null {
  if (action.at('regex_rewrite').isThere || action.at('path_rewrite_policy').isThere) return null;
  const rewrite = action.at('prefix_rewrite').text;
  if (rewrite === null || rewrite === '') return action.at('path_rewrite').isThere ? null : false;
  if (match.at('path').isThere) return rewrite === target;
  const prefix = match.at('prefix').text ?? match.at('path_separated_prefix').text;
  return prefix === null ? null : target.startsWith(rewrite);
}
