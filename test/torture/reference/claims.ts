import { isNothing, type Json, type JsonObject, memberOf, textOf } from './json.js';

const UINT64_MAX = 18446744073709551615n;

/** A whole number of 64 bits without a sign, written plainly; else null. */
export function uint64(value: Json | undefined): bigint | null {
  if (value?.type !== 'number' || !/^[0-9]+$/.test(value.lexeme) || value.lexeme.length > 20) return null;
  const number = BigInt(value.lexeme);
  return number > UINT64_MAX ? null : number;
}

/** The texts of a list of texts; null for anything else. */
export function texts(value: Json | undefined): string[] | null {
  if (value?.type !== 'array') return null;
  const found = value.items.flatMap((item) => textOf(item) ?? []);
  return found.length === value.items.length ? found : null;
}

const isTextOrNothing = (value: Json | undefined): boolean => isNothing(value) || value?.type === 'string';

const isTextMap = (value: Json | undefined): boolean =>
  value?.type === 'object' && value.entries.every(([, member]) => member.type === 'string');

/** The user that the claims of an Aviso token name, whatever its `exp`; null where their shapes are not Aviso's. */
export function claimedUser(
  claims: JsonObject,
): { username: string; realm: string | null; roles: string[] } | null {
  const of = (name: string): Json | undefined => memberOf(claims, name);
  const roles = of('roles') === undefined ? [] : texts(of('roles'));
  const areTexts = ['username', 'sub', 'iss', 'realm'].every((name) => isTextOrNothing(of(name)));
  const isIssued = isNothing(of('iat')) || uint64(of('iat')) !== null;
  const hasAttributes = of('attributes') === undefined || isTextMap(of('attributes'));
  if (!areTexts || !isIssued || !hasAttributes || roles === null) return null;
  const username = textOf(of('username')) ?? textOf(of('sub')) ?? '';
  return username === '' ? null : { username, realm: textOf(of('realm')) ?? null, roles };
}

/** Claims that the contract says nothing of, but that Aviso's reader may trip over: refusing them is right as well. */
export const tripsReaders = (claims: JsonObject): boolean => {
  const notBefore = memberOf(claims, 'nbf');
  return notBefore?.type === 'array' || notBefore?.type === 'object';
};
