import { Value } from '@sinclair/typebox/value';
import { fail, ok, type Result } from '../domain/result.js';
import { build } from './build.js';
import { BLOCKS } from './environment.js';
import { type Problem, problemAt } from './problem.js';
import { checkRules } from './rules.js';
import { type Config, DOCUMENT } from './schema.js';
import { type Findings, shape } from './shape.js';
import type { TreeMap } from './tree.js';
import { warningsOf } from './warnings.js';

export interface Valid {
  readonly config: Config;
  readonly warnings: readonly Problem[];
}

/** The merged tree as a configuration, or everything that is wrong with it. */
export function validate(tree: TreeMap): Result<Valid, Problem[]> {
  const found: Findings = { problems: dottedKeys(tree), warnings: [] };
  const draft = shape(DOCUMENT, tree, found);
  const reported = new Set(found.problems.map(({ path }) => path));
  const broken = draft === undefined ? [] : checkRules(draft).filter(({ path }) => !reported.has(path));
  const problems = [...found.problems, ...broken];
  if (problems.length > 0) return fail(problems);
  if (!Value.Check(DOCUMENT, draft)) throw new Error('a draft without problems does not fit the schema');
  const config = build(draft);
  return ok({ config, warnings: [...found.warnings, ...warningsOf(config)] });
}

/** Aviso takes `ecpds.username: x` at the top of a file for a path. We would overlook it, so we refuse it. */
function dottedKeys(tree: TreeMap): Problem[] {
  const cure = 'the setting inside its block, one level deeper';
  const keys = Object.keys(tree);
  return BLOCKS.filter((block) =>
    keys.some((key) => key.startsWith(`${block}.`) || key.startsWith(`${block}[`)),
  ).map((block) => problemAt([block], 'is followed by a dot or bracket in a key at the top of a file', cure));
}
