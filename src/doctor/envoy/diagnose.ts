import { fail, ok, type Result } from '../../domain/result.js';
import { type Budget, type Finding, runChecks, type Unreadable } from '../finding.js';
import { ENVOY_CHECKS } from './checks/all.js';
import { authzFilters, type EnvoyGateway, gatewayOf } from './gateway.js';
import { Part } from './part.js';
import { readEnvoyYaml } from './yaml.js';

/** A file's content, and the name that findings call it by. */
export interface SourceText {
  readonly file: string;
  readonly text: string;
}

/**
 * What would break or open the gate in an Envoy configuration, which may be in several files.
 *
 * @returns findings, or why the files say nothing about a gate
 */
export function diagnoseEnvoy(
  sources: readonly SourceText[],
  budget: Budget,
): Result<Finding[], readonly Unreadable[]> {
  const read = sources.map(({ file, text }) => ({ file, node: readEnvoyYaml(text, file) }));
  const unreadable = read.flatMap(({ node }) => (node.ok ? [] : [node.failure]));
  if (unreadable.length > 0) return fail(unreadable);
  const roots = read.flatMap(({ file, node }) => (node.ok ? [Part.root(node.value, file)] : []));
  const gateway = gatewayOf(roots, budget);
  return isAboutGate(gateway) ? ok(runChecks(ENVOY_CHECKS, gateway)) : fail(sources.map(stranger));
}

const isAboutGate = ({ managers, routes }: EnvoyGateway): boolean =>
  managers.some((manager) => authzFilters(manager).length > 0) ||
  routes.some(({ gated }) => gated.length > 0);

const stranger = ({ file }: SourceText): Unreadable => ({
  file,
  line: null,
  reason: 'has no `ext_authz` filter, and leads nobody to `/api/v1/watch` or `/api/v1/replay`',
});
