import type { Flaw } from '../../finding.js';
import { OWN_HEADERS } from '../../gated.js';
import { GATEWAY } from '../gateway.js';
import type { Scope } from '../scope.js';
import { flaw, headerSent, type NginxCheck, said } from './check.js';

/** nginx has no wildcard: the headers that are known are blanked one by one. */
const KNOWN = OWN_HEADERS.filter((name) => name !== 'x-aviso-other');
const INHERIT = 'a block with any `proxy_set_header` of its own inherits none';

/** Whose headers arrive where. */
export const HEADERS: readonly NginxCheck[] = [
  {
    name: 'aviso_headers_stripped',
    severity: 'opens',
    flaw: `a block passes a client’s \`X-Aviso-*\` on to Aviso (${INHERIT})`,
    consequence: 'a client names itself',
    find: ({ passing, guarded }) =>
      passing.flatMap(({ scope, server, target }) => {
        if (target.addresses.length === 0 && !guarded.includes(server)) return [];
        const left = KNOWN.filter((name) => isClients(scope, name));
        const cure = left.map((name) => `\`proxy_set_header ${name} "";\``).join(' ');
        return left.length === 0
          ? []
          : [flaw(scope, target.directive, `passes ${left.join(', ')} of the client on`, cure)];
      }),
  },
  {
    name: 'aviso_headers_to_check',
    severity: 'advice',
    flaw: 'a client’s `X-Aviso-*` headers go to the authorizer',
    consequence: 'the authorizer reads none of them, but no client should be able to write them',
    find: ({ checks }) =>
      checks.flatMap((scope) => {
        const left = KNOWN.filter((name) => isClients(scope, name));
        const cure = left.map((name) => `\`proxy_set_header ${name} "";\``).join(' ');
        return left.length === 0 ? [] : [flaw(scope, null, `passes ${left.join(', ')} on`, cure)];
      }),
  },
  {
    name: 'envoy_headers_to_check',
    severity: 'advice',
    flaw: 'a client’s `X-Envoy-Auth-Partial-Body` or `X-Envoy-Expected-Rq-Timeout-Ms` goes to the authorizer',
    consequence: 'a client says what only a proxy may; a body that it calls truncated is refused with 413',
    find: ({ checks }) =>
      checks.flatMap((scope) => {
        const left = ['X-Envoy-Auth-Partial-Body', 'X-Envoy-Expected-Rq-Timeout-Ms'].filter((name) =>
          isClients(scope, name),
        );
        const cure = left.map((name) => `\`proxy_set_header ${name} "";\``).join(' ');
        return left.length === 0 ? [] : [flaw(scope, null, `passes ${left.join(', ')} on`, cure)];
      }),
  },
  {
    name: 'authorization_shown',
    severity: 'breaks',
    flaw: 'the authorizer is not shown `Authorization`',
    consequence: 'everybody is anonymous: 401',
    find: ({ checks }) =>
      checks.flatMap((scope) => {
        const [sent, all] = [headerSent(scope, 'Authorization'), scope.setting('proxy_pass_request_headers')];
        const blank = sent !== null && sent.args[1] !== '$http_authorization';
        const flaws = blank
          ? [
              flaw(
                scope,
                sent,
                'replaces `Authorization`',
                'no such line: it goes with the client’s other headers',
              ),
            ]
          : [];
        return all?.args[0] === 'off'
          ? [...flaws, flaw(scope, all, 'is off', 'no `proxy_pass_request_headers`')]
          : flaws;
      }),
  },
  {
    name: 'authorization_replaced',
    severity: 'breaks',
    flaw: `\`${GATEWAY}\` does not send \`$authz_authorization\` to Aviso`,
    consequence: 'Aviso gets a token of another provider, which it does not know: 401 after an allow',
    find: ({ gateways }) => sends(gateways, 'Authorization', '$authz_authorization'),
  },
  {
    name: 'user_passed_on',
    severity: 'advice',
    flaw: `\`${GATEWAY}\` does not send \`$authz_user\` and \`$authz_realm\` to Aviso`,
    consequence: 'the logs of Aviso do not say who it was',
    find: ({ gateways }) => [
      ...sends(gateways, 'X-Aviso-User', '$authz_user'),
      ...sends(gateways, 'X-Aviso-Realm', '$authz_realm'),
    ],
  },
  {
    name: 'own_variables',
    severity: 'breaks',
    flaw: 'a `set` on `$authz_user`, `$authz_realm` or `$authz_authorization`',
    consequence: 'it runs again after the check, and Aviso gets that value instead of the authorizer’s',
    find: ({ guarded }) =>
      guarded
        .flatMap(({ all }) => all)
        .flatMap((scope) =>
          scope
            .own('set')
            .filter(({ args: [name = ''] }) => /^\$authz_(user|realm|authorization)$/.test(name))
            .map((directive) =>
              flaw(
                scope,
                directive,
                `overwrites \`${directive.args[0]}\``,
                '`js_var` in `http`, and no `set`',
              ),
            ),
        ),
  },
  {
    name: 'content_encoding',
    severity: 'opens',
    flaw: '`Content-Encoding` is kept from the authorizer and passed on to Aviso',
    consequence: 'Aviso decompresses a body that the authorizer has read as it came',
    find: ({ checks, gateways }) =>
      checks.some(hidesEncoding)
        ? gateways
            .filter((scope) => !hidesEncoding(scope))
            .map((scope) =>
              flaw(scope, null, 'passes `Content-Encoding` on', '`proxy_set_header Content-Encoding "";`'),
            )
        : [],
  },
  {
    name: 'content_encoding_locks',
    severity: 'advice',
    flaw: '`Content-Encoding` is kept from the authorizer, or passed on to Aviso',
    consequence:
      'one of two locks is missing: the authorizer refuses compressed bodies with 415, and Aviso never decompresses one',
    find: ({ checks, gateways }) => {
      const hidden = checks.filter(hidesEncoding);
      const passed = gateways.filter((scope) => !hidesEncoding(scope));
      if (hidden.length > 0 && passed.length > 0) return [];
      return [
        ...hidden.map((scope) =>
          flaw(
            scope,
            headerSent(scope, 'Content-Encoding'),
            'keeps `Content-Encoding` from the authorizer',
            'no such line',
          ),
        ),
        ...passed.map((scope) =>
          flaw(scope, null, 'passes `Content-Encoding` on', '`proxy_set_header Content-Encoding "";`'),
        ),
      ];
    },
  },
  {
    name: 'headers_with_underscores',
    severity: 'advice',
    flaw: '`underscores_in_headers on`, or `ignore_invalid_headers off`',
    consequence: '`x_aviso_user` arrives at Aviso, for whoever takes it for `x-aviso-user`',
    find: ({ guarded }) =>
      guarded.flatMap((server) =>
        [
          ['underscores_in_headers', 'on'],
          ['ignore_invalid_headers', 'off'],
        ].flatMap(([name = '', bad]) => {
          const directive = server.setting(name);
          return directive?.args[0] === bad
            ? [flaw(server, directive, said(name, directive), `no \`${name}\``)]
            : [];
        }),
      ),
  },
];

/** Whether a header arrives as the client wrote it. */
function isClients(scope: Scope, name: string): boolean {
  const value = headerSent(scope, name)?.args[1];
  return (
    value === undefined || value.toLowerCase().includes(`$http_${name.toLowerCase().replaceAll('-', '_')}`)
  );
}

const hidesEncoding = (scope: Scope): boolean => headerSent(scope, 'Content-Encoding')?.args[1] === '';

function sends(scopes: readonly Scope[], name: string, variable: string): Flaw[] {
  return scopes.flatMap((scope) => {
    const sent = headerSent(scope, name);
    const cure = `\`proxy_set_header ${name} ${variable};\``;
    return sent?.args[1] === variable
      ? []
      : [flaw(scope, sent, `does not set \`${name}\` to \`${variable}\``, cure)];
  });
}
