import type { Scope } from './scope.js';

interface Matcher {
  /** `''` is a prefix. */
  readonly modifier: '' | '=' | '^~' | '~' | '~*' | '@';
  readonly pattern: string;
}

/** What a location matches. nginx takes `location =/x` for `location = /x`. */
export function matcherOf(location: Scope): Matcher {
  const [first = '', second] = location.directive?.args ?? [];
  const [, glued = '', rest = ''] = /^(=|\^~|~\*|~|@)?(.*)$/s.exec(first) ?? [];
  const modifier = glued as Matcher['modifier'];
  return { modifier, pattern: second ?? rest };
}

/** The location that serves a decoded path, as nginx chooses it; null when none does. */
export function locationOf(within: Scope, path: string): Scope | null {
  const locations = within.children('location').map((scope) => ({ scope, ...matcherOf(scope) }));
  const exact = locations.find(({ modifier, pattern }) => modifier === '=' && pattern === path);
  if (exact !== undefined) return exact.scope;
  const [prefix] = locations
    .filter(({ modifier, pattern }) => (modifier === '' || modifier === '^~') && path.startsWith(pattern))
    .sort((one, other) => other.pattern.length - one.pattern.length);
  const nested = prefix === undefined ? null : locationOf(prefix.scope, path);
  if (nested !== null && isRegex(nested)) return nested;
  const regex = locations.find((location) => prefix?.modifier !== '^~' && regexMatches(location, path));
  if (regex !== undefined) return locationOf(regex.scope, path) ?? regex.scope;
  return nested ?? prefix?.scope ?? null;
}

const isRegex = (location: Scope): boolean => matcherOf(location).modifier.startsWith('~');

function regexMatches({ modifier, pattern }: Matcher, path: string): boolean {
  if (!modifier.startsWith('~')) return false;
  try {
    return new RegExp(pattern, modifier === '~*' ? 'i' : '').test(path);
  } catch {
    return false;
  }
}
