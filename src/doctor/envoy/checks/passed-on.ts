import type { Flaw } from '../../finding.js';
import { REFUSAL_HEADERS } from '../../gated.js';
import { authzOf, type Service, servicesOf, speaks } from '../gateway.js';
import type { Part } from '../part.js';
import { listMatches, regexMatches } from '../string-match.js';
import { type EnvoyCheck, flaw, said, unless, unlessOn } from './check.js';

/** What an answer of the authorizer may change, on the way to Aviso and on the way back. */
export const PASSED_ON: readonly EnvoyCheck[] = [
  {
    name: 'authorization_replaced',
    severity: 'breaks',
    flaw: '`authorization` is not among the headers that an allow may replace, or is appended (HTTP: `allowed_upstream_headers`, gRPC: `decoder_header_mutation_rules`)',
    consequence: 'Aviso gets a token of another provider, which it does not know: 401 after an allow',
    find: (gateway) => servicesOf(gateway).flatMap((service) => replaceFlaws(service, 'authorization')),
  },
  {
    name: 'user_passed_on',
    severity: 'advice',
    flaw: '`x-aviso-user` or `x-aviso-realm` is not among the headers that an allow may set',
    consequence: 'the logs of Envoy and Aviso do not say who it was',
    find: (gateway) =>
      servicesOf(gateway).flatMap((service) =>
        ['x-aviso-user', 'x-aviso-realm'].flatMap((name) => replaceFlaws(service, name)),
      ),
  },
  {
    name: 'upstream_headers_wide',
    severity: 'breaks',
    flaw: '`allowed_upstream_headers` takes headers of the answer that describe the answer',
    consequence: 'the length or type of the authorizer’s answer replaces that of the request',
    find: (gateway) =>
      servicesOf(gateway).flatMap(({ part }) => {
        const list = part.at('authorization_response', 'allowed_upstream_headers');
        const wide = ['content-length', 'content-type', 'host'].filter((name) => listMatches(list, name));
        return unless(
          wide.length === 0,
          list,
          `takes ${wide.join(', ')}`,
          '`authorization`, `x-aviso-user` and `x-aviso-realm` only',
        );
      }),
  },
  {
    name: 'mutation_rules',
    severity: 'advice',
    flaw: 'no `decoder_header_mutation_rules` with `disallow_all`, or no `validate_mutations` (gRPC)',
    consequence: 'an answer could set any header of the request to Aviso, or one with a line break in it',
    find: (gateway) =>
      authzOf(gateway)
        .filter(({ manager }) => speaks(gateway, manager, 'grpc'))
        .flatMap(({ part }) => {
          const [rules, validate] = [
            part.at('decoder_header_mutation_rules', 'disallow_all'),
            part.at('validate_mutations'),
          ];
          return [
            ...unless(
              rules.flag,
              rules,
              said(rules),
              '`disallow_all: true` and `allow_expression: { regex: "authorization|x-aviso-.+" }`',
            ),
            ...unlessOn(validate, '`validate_mutations: true`'),
          ];
        }),
  },
  {
    name: 'client_headers',
    severity: 'breaks',
    flaw: '`allowed_client_headers` leaves out one of `www-authenticate`, `retry-after`, `content-type`, `cache-control` (HTTP)',
    consequence: 'clients are not told how to authenticate or when to come back, or a refusal is cached',
    find: (gateway) =>
      servicesOf(gateway).flatMap(({ part }) => {
        const list = part.at('authorization_response', 'allowed_client_headers');
        const left = REFUSAL_HEADERS.filter((name) => list.isThere && !listMatches(list, name));
        return unless(
          left.length === 0,
          list,
          `leaves out ${left.join(', ')}`,
          `${left.map((name) => `\`exact: ${name}\``).join(', ')} in \`patterns\``,
        );
      }),
  },
];

/** What keeps an allow from replacing a header of the request. */
function replaceFlaws({ kind, part, filter }: Service, name: string): Flaw[] {
  if (kind === 'grpc') return mutationFlaws(filter.config.at('decoder_header_mutation_rules'), name);
  const response = part.at('authorization_response');
  const [list, appended] = [
    response.at('allowed_upstream_headers'),
    response.at('allowed_upstream_headers_to_append'),
  ];
  if (listMatches(appended, name))
    return [
      flaw(
        appended,
        `appends \`${name}\` to the client’s`,
        `\`exact: ${name}\` in \`allowed_upstream_headers\` only`,
      ),
    ];
  return unless(listMatches(list, name), list, `has no \`${name}\``, `\`exact: ${name}\` in \`patterns\``);
}

function mutationFlaws(rules: Part, name: string): Flaw[] {
  const cure = '`allow_expression: { regex: "authorization|x-aviso-.+" }`';
  const isAllowed = regexMatches(rules.at('allow_expression'), name) === true;
  const isRefused =
    regexMatches(rules.at('disallow_expression'), name) === true ||
    (rules.at('disallow_all').flag && !isAllowed);
  return unless(!isRefused, rules, `does not let an allow set \`${name}\``, cure);
}
