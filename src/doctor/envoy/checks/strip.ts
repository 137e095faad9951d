import { OWN_HEADERS } from '../../gated.js';
import { type HttpFilter, type Manager, switchedOff } from '../manager.js';
import type { Part } from '../part.js';
import { stringMatches } from '../string-match.js';
import { type EnvoyCheck, flaw, said, unless } from './check.js';

const CURE =
  '`remove_on_match: { key_matcher: { prefix: x-aviso-, ignore_case: true } }` in a `header_mutation` filter before `ext_authz`';

/** What a client says of itself, and should not. */
export const STRIP: readonly EnvoyCheck[] = [
  {
    name: 'aviso_headers_stripped',
    severity: 'opens',
    flaw: 'a client’s `x-aviso-*` headers are not removed before the check, or not on every route to Aviso',
    consequence: 'a client names itself: a header that the authorizer does not set stays the client’s own',
    find: (gateway) => [
      ...gateway.guarded.flatMap(({ config, filters }) => {
        const left = OWN_HEADERS.filter((name) => !isRemoved(name, { config, filters }));
        const problem = `does not remove ${left.join(', ')} before the check`;
        return unless(left.length === 0, config.at('http_filters'), problem, CURE);
      }),
      ...gateway.routes
        .filter(({ manager }) => gateway.guarded.includes(manager))
        .flatMap(({ manager, levels }) =>
          strippers(manager)
            .map((filter) => switchedOff(filter, levels))
            .filter((off) => off !== null),
        )
        .map((off) => flaw(off, 'switches the stripping of `x-aviso-*` off', 'the filter on every route')),
    ],
  },
  {
    name: 'aviso_headers_kept',
    severity: 'breaks',
    flaw: '`x-aviso-user` is removed after the check',
    consequence: 'what the authorizer says of the user never reaches Aviso',
    find: ({ guarded, routes }) => [
      ...guarded.flatMap(({ filters }) =>
        afterCheck(filters)
          .filter((filter) => removals(filter).some((mutation) => removes(mutation, 'x-aviso-user')))
          .map(({ entry }) =>
            flaw(entry, 'removes `x-aviso-user` after the check', 'the filter before `ext_authz`'),
          ),
      ),
      ...routes
        .filter(({ manager, gated }) => gated.length > 0 && guarded.includes(manager))
        .flatMap(({ levels }) => levels.map((level) => level.at('request_headers_to_remove')))
        .filter(({ items }) => items.some(({ text }) => /^x-aviso-(user|realm)$/i.test(text ?? '')))
        .map((part) => flaw(part, 'removes what the authorizer has set', CURE)),
    ],
  },
  {
    name: 'envoy_headers_stripped',
    severity: 'advice',
    flaw: 'a client’s `x-envoy-*` headers are not removed before the check',
    consequence: 'a client can ask Envoy for retries and time-outs',
    find: ({ guarded }) =>
      guarded.flatMap(({ config, filters }) =>
        unless(
          isRemoved('x-envoy-upstream-rq-timeout-ms', { config, filters }),
          config.at('http_filters'),
          'does not remove `x-envoy-*` before the check',
          '`remove_on_match: { key_matcher: { prefix: x-envoy-, ignore_case: true } }` beside that of `x-aviso-`',
        ),
      ),
  },
  {
    name: 'headers_with_underscores',
    severity: 'advice',
    flaw: '`headers_with_underscores_action` lets headers with an underscore pass',
    consequence: '`x_aviso_user` arrives at Aviso, for whoever takes it for `x-aviso-user`',
    find: ({ guarded }) =>
      guarded.flatMap(({ config }) => {
        const part = config.at('common_http_protocol_options', 'headers_with_underscores_action');
        const cure = '`headers_with_underscores_action: DROP_HEADER`';
        return unless(part.isOneOf('DROP_HEADER', 2, 'REJECT_REQUEST', 1), part, said(part), cure);
      }),
  },
];

/** The mutations of requests that a filter, or an early mutation, makes. */
function removals({ type, config }: { readonly type: string; readonly config: Part }): Part[] {
  if (type !== 'HeaderMutation') return [];
  const early = config.at('mutations');
  return early.items.length > 0 ? early.items : early.at('request_mutations').items;
}

const removes = (mutation: Part, name: string): boolean =>
  mutation.at('remove').text?.toLowerCase() === name ||
  stringMatches(mutation.at('remove_on_match', 'key_matcher'), name) === true;

const checkAt = (filters: readonly HttpFilter[]): number =>
  filters.findIndex(({ type }) => type === 'ExtAuthz');

const afterCheck = (filters: readonly HttpFilter[]): HttpFilter[] => filters.slice(checkAt(filters) + 1);

/** Filters before the check that remove `x-aviso-*`. */
const strippers = ({ filters }: Manager): HttpFilter[] =>
  filters
    .slice(0, checkAt(filters))
    .filter((filter) => removals(filter).some((mutation) => removes(mutation, 'x-aviso-user')));

function isRemoved(name: string, { config, filters }: Pick<Manager, 'config' | 'filters'>): boolean {
  const early = config
    .at('early_header_mutation_extensions')
    .items.map((part) => part.at('typed_config').message);
  const before = filters.slice(0, checkAt(filters)).filter(({ isOff }) => !isOff);
  return [...early, ...before].some((filter) => removals(filter).some((mutation) => removes(mutation, name)));
}
