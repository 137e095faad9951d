import type { Flaw } from '../../finding.js';
import { BODY_BYTES } from '../../gated.js';
import type { NginxGateway } from '../gateway.js';
import type { Scope } from '../scope.js';
import { bytesOf } from '../values.js';
import { flaw, type NginxCheck, said, unique, wherever } from './check.js';

/** What nginx takes when it is told nothing, in bytes. */
const DEFAULT_MAX = 1024 * 1024;
const DEFAULT_BUFFER = 16 * 1024;
/** The framing of a chunked body, as a share of it: small chunks cost more than large ones. */
const ROOM = 1.25;
const BUFFER = '`client_body_buffer_size 512k;`';

/** Whether JavaScript, the authorizer and Aviso read one body. */
export const BODY: readonly NginxCheck[] = [
  {
    name: 'client_max_body_size',
    severity: 'breaks',
    flaw: `\`client_max_body_size\` below ${BODY_BYTES}`,
    consequence: 'bodies that Aviso would take are refused with 413',
    find: (gateway) =>
      wherever(
        handlerScopes(gateway),
        'client_max_body_size',
        (args) => largest(args) >= BODY_BYTES,
        `\`client_max_body_size ${BODY_BYTES};\``,
      ),
  },
  {
    name: 'client_max_body_size_large',
    severity: 'advice',
    flaw: `\`client_max_body_size\` above ${BODY_BYTES}, 0, or not set (1m)`,
    consequence:
      'memory is held for bodies that the authorizer then refuses with 413, or that do not fit the buffer and are 503',
    find: (gateway) =>
      wherever(
        handlerScopes(gateway),
        'client_max_body_size',
        (args) => largest(args) <= BODY_BYTES,
        `\`client_max_body_size ${BODY_BYTES};\``,
      ),
  },
  {
    name: 'client_body_buffer_size',
    severity: 'breaks',
    flaw: `\`client_body_buffer_size\` below ${BODY_BYTES}, or not set (16k)`,
    consequence: 'larger bodies go to a file, where njs can’t read them: 503',
    find: (gateway) =>
      wherever(
        handlerScopes(gateway),
        'client_body_buffer_size',
        (args) => buffer(args) >= BODY_BYTES,
        BUFFER,
      ),
  },
  {
    name: 'client_body_buffer_room',
    severity: 'advice',
    flaw: `\`client_body_buffer_size\` with no room beyond ${BODY_BYTES}`,
    consequence: 'a chunked body needs room for its framing; without it a large one is 503',
    find: (gateway) =>
      wherever(
        handlerScopes(gateway),
        'client_body_buffer_size',
        (args) => buffer(args) < BODY_BYTES || buffer(args) >= BODY_BYTES * ROOM,
        BUFFER,
      ),
  },
  {
    name: 'client_body_in_file_only',
    severity: 'breaks',
    flaw: '`client_body_in_file_only`',
    consequence: 'njs can’t read a body that is in a file: every request is 503',
    find: (gateway) =>
      wherever(
        handlerScopes(gateway),
        'client_body_in_file_only',
        (args) => args === null || args[0] === 'off',
        'no `client_body_in_file_only`',
      ),
  },
  {
    name: 'body_to_check',
    severity: 'breaks',
    flaw: 'the way to the authorizer replaces the body or the method (`proxy_set_body`, `proxy_method`, `proxy_pass_request_body off`)',
    consequence: 'the authorizer does not see the destination: every request is refused',
    find: ({ checks }) => replaced(checks),
  },
  {
    name: 'body_to_aviso',
    severity: 'opens',
    flaw: 'the way to Aviso replaces the body or the method after the check',
    consequence: 'Aviso reads something else than was checked',
    find: ({ gateways }) => replaced(gateways),
  },
];

const handlerScopes = ({ handlers }: NginxGateway): Scope[] =>
  unique(handlers.map(({ location }) => location));

/** The largest body that is taken; 0 stands for any. */
function largest(args: readonly string[] | null): number {
  const bytes = args === null ? DEFAULT_MAX : (bytesOf(args[0]) ?? 0);
  return bytes === 0 ? Number.POSITIVE_INFINITY : bytes;
}

const buffer = (args: readonly string[] | null): number =>
  args === null ? DEFAULT_BUFFER : (bytesOf(args[0]) ?? 0);

function replaced(scopes: readonly Scope[]): Flaw[] {
  return scopes.flatMap((scope) =>
    ['proxy_set_body', 'proxy_method', 'proxy_pass_request_body'].flatMap((name) => {
      const directive = scope.setting(name);
      if (directive === null || /^(on|POST)$/i.test(directive.args[0] ?? '')) return [];
      const problem = name === 'proxy_set_body' ? '`proxy_set_body` is set' : said(name, directive);
      return [flaw(scope, directive, problem, `no \`${name}\``)];
    }),
  );
}
