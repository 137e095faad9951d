import type { Part } from './part.js';

/** Whether Envoy's `StringMatcher` matches a text; null when that cannot be said. */
export function stringMatches(matcher: Part, text: string): boolean | null {
  const fold = matcher.at('ignore_case').flag ? (it: string) => it.toLowerCase() : (it: string) => it;
  const given = (name: string): string | null => {
    const value = matcher.at(name).text;
    return value === null ? null : fold(value);
  };
  const subject = fold(text);
  const [exact, prefix] = [given('exact'), given('prefix')];
  const [suffix, contains] = [given('suffix'), given('contains')];
  if (exact !== null) return subject === exact;
  if (prefix !== null) return subject.startsWith(prefix);
  if (suffix !== null) return subject.endsWith(suffix);
  if (contains !== null) return subject.includes(contains);
  return regexMatches(matcher.at('safe_regex'), text);
}

/** Whether a `RegexMatcher` matches the whole text; null when it is none, or RE2's own syntax. */
export function regexMatches(matcher: Part, text: string): boolean | null {
  const regex = matcher.at('regex').text;
  if (regex === null) return null;
  try {
    return new RegExp(`^(?:${regex})$`, 'u').test(text);
  } catch {
    return null;
  }
}

/** Whether a list of matchers (`patterns`) has one that matches. What cannot be said counts as no. */
export const listMatches = (list: Part, text: string): boolean =>
  list.at('patterns').items.some((matcher) => stringMatches(matcher, text) === true);
