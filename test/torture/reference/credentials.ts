/** What a request's `Authorization` values hold. `unclear`: the contract takes it for nothing or for too much. */
export type Credentials =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'several' }
  | { readonly kind: 'unclear' }
  | { readonly kind: 'token'; readonly token: string };

/** Contract section 2, "Identity", and "Stricter than Aviso on purpose". */
export function credentialsIn(values: readonly string[]): Credentials {
  const [value, ...more] = values;
  if (value === undefined) return { kind: 'anonymous' };
  if (more.length > 0) return { kind: 'several' };
  if ([...value].some((char) => char !== '\t' && (char < ' ' || char > '~'))) return { kind: 'unclear' };
  const words = value.split(/[ \t]/).filter((word) => word !== '');
  const [scheme = '', token, ...others] = words;
  const isBearer = scheme.toLowerCase() === 'bearer';
  if (isBearer && value.includes(',')) return { kind: 'several' };
  if (/bearer/i.test(value) && value.includes(',')) return { kind: 'unclear' };
  return isBearer && token !== undefined && others.length === 0
    ? { kind: 'token', token }
    : { kind: 'anonymous' };
}
