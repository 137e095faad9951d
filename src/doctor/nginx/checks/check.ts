import type { Check, Flaw } from '../../finding.js';
import type { NginxGateway } from '../gateway.js';
import type { Directive } from '../parse.js';
import { placeOf, type Scope } from '../scope.js';

export type NginxCheck = Check<NginxGateway>;

/** About a directive that holds in a block, or about its absence from it. */
export const flaw = (scope: Scope, directive: Directive | null, problem: string, cure: string): Flaw => ({
  place: directive === null ? scope.place : placeOf(scope, directive),
  problem,
  cure,
});

/** `\`proxy_read_timeout\` is 10s`, or `is not set`. For settings only, whose values are no secrets. */
export const said = (name: string, directive: Directive | null): string =>
  directive === null ? `\`${name}\` is not set` : `\`${name}\` is ${directive.args.join(' ')}`;

/** A flaw for each block where a setting is not as it should be; null stands for a setting that is not set. */
export const wherever = (
  scopes: readonly Scope[],
  name: string,
  isFine: (args: readonly string[] | null) => boolean,
  cure: string,
): Flaw[] =>
  scopes.flatMap((scope) => {
    const directive = scope.setting(name);
    return isFine(directive?.args ?? null) ? [] : [flaw(scope, directive, said(name, directive), cure)];
  });

/** What a request is sent on with as a header; null when that is the client's own. */
export function headerSent(scope: Scope, name: string): Directive | null {
  const set = scope.inherited('proxy_set_header');
  return set.find(({ args: [header = ''] }) => header.toLowerCase() === name.toLowerCase()) ?? null;
}

export const unique = (scopes: readonly (Scope | null)[]): Scope[] => [
  ...new Set(scopes.filter((scope) => scope !== null)),
];
