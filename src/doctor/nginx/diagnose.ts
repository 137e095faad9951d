import { createHash } from 'node:crypto';
import { fail, ok, type Result } from '../../domain/result.js';
import { type Budget, type Finding, runChecks, type Unreadable } from '../finding.js';
import { NGINX_CHECKS } from './checks/all.js';
import { type NginxGateway, nginxGatewayOf } from './gateway.js';
import { type Include, type Included, parseNginx } from './parse.js';
import { Scope } from './scope.js';

/** SHA-256 of `deploy/nginx/authz.js`: a file that is not this one is not vouched for. */
export const SHIPPED_SCRIPT = 'fc21f9da9666d7e8f5c90b1d0f3d39a633c992c30ba08d07554cb9fd59ee4b14';

/**
 * What would break or open the gate in an nginx configuration.
 *
 * @param include reads what `include` and `js_import` name, relative to the folder of the configuration
 * @returns findings, or why the file says nothing about a gate
 */
export function diagnoseNginx(
  source: Included,
  include: Include,
  budget: Budget,
): Result<Finding[], readonly Unreadable[]> {
  const parsed = parseNginx(source, include);
  if (!parsed.ok) return fail([parsed.failure]);
  const root = new Scope(null, parsed.value, null);
  const gateway = nginxGatewayOf(root, scriptsOf(root, include), budget);
  if (isAboutGate(gateway)) return ok(runChecks(NGINX_CHECKS, gateway));
  const reason = 'has no location with `js_content` or `proxy_pass` for `/api/v1/watch` or `/api/v1/replay`';
  return fail([{ file: source.file, line: null, reason }]);
}

const isAboutGate = ({ handlers, entrances }: NginxGateway): boolean =>
  handlers.length > 0 || entrances.some(({ location }) => location?.all.some(passesOn) === true);

const passesOn = (scope: Scope): boolean => scope.own('proxy_pass').length > 0;

function scriptsOf(root: Scope, include: Include): Map<string, string | null> {
  const names = root.all.flatMap((scope) => scope.own('js_import')).map(({ args }) => args.at(-1) ?? '');
  return new Map(names.map((name) => [name, stateOf(include(name)?.[0]?.text)]));
}

function stateOf(text: string | undefined): string | null {
  if (text === undefined) return null;
  return createHash('sha256').update(text).digest('hex') === SHIPPED_SCRIPT ? 'shipped' : 'other';
}
