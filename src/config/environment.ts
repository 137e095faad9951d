import type { Problem } from './problem.js';
import { type Tree, treeAt } from './tree.js';

/** The prefix of Aviso's variables. Names count without regard to case, as with Aviso. */
const PREFIX = 'avisoserver_';

/** Whether a variable may set something: of Aviso's or of ours, which may be a secret. */
export const isSetting = (name: string): boolean => name.toLowerCase().startsWith(PREFIX);

/** The top-level blocks that are read. */
export const BLOCKS = ['auth', 'ecpds', 'notification_schema', 'notification_schema_strict', 'sidecar'];

/** One setting that comes from outside the files: a variable, or a file that a variable names. */
export interface Override {
  /** The variable. */
  readonly name: string;
  readonly path: readonly string[];
  /** The tree that holds only this setting, to be merged over the files. */
  readonly tree: Tree;
}

export interface Environment {
  readonly overrides: readonly Override[];
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

/** Aviso's overrides: `AVISOSERVER_ECPDS__CACHE_TTL_SECONDS=60`. Values are texts; the schema says what they mean. */
export function readEnvironment(env: NodeJS.ProcessEnv): Environment {
  const overrides: Override[] = [];
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  for (const [name, value] of Object.entries(env).sort(([one], [other]) => (one < other ? -1 : 1))) {
    if (value === undefined || !isSetting(name)) continue;
    const path = name.toLowerCase().slice(PREFIX.length).replaceAll('__', '.');
    const head = /^[a-z0-9_-]*/.exec(path)?.[0] ?? '';
    if (!BLOCKS.includes(head)) {
      warnings.push(...singleUnderscore(name, head));
      continue;
    }
    const problem = nameProblem(name, path, overrides);
    if (problem !== null) problems.push(problem);
    else overrides.push({ name, path: path.split('.'), tree: treeAt(path.split('.'), value) });
  }
  return { overrides, problems, warnings };
}

function nameProblem(name: string, path: string, before: readonly Override[]): Problem | null {
  if (path.includes('[')) {
    return { path: name, problem: 'a variable cannot set part of a list', cure: 'the list in a file' };
  }
  if (!/^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(path)) {
    const cure = 'the path of a setting, with `__` between its parts: AVISOSERVER_ECPDS__USERNAME';
    return { path: name, problem: 'the name is not a path', cure };
  }
  const twin = before.find((override) => override.path.join('.') === path);
  if (twin === undefined) return null;
  return { path: name, problem: `it sets the same as ${twin.name}`, cure: 'one of the two' };
}

/** `AVISOSERVER_ECPDS_PASSWORD` names a block that nobody reads: Aviso ignores it without a word. */
function singleUnderscore(name: string, head: string): Problem[] {
  const block = BLOCKS.find((known) => head.startsWith(`${known}_`));
  if (block === undefined) return [];
  const meant = `${name.slice(0, PREFIX.length + block.length)}_${name.slice(PREFIX.length + block.length)}`;
  return [{ path: name, problem: 'it sets nothing that is read', cure: `two underscores: ${meant}` }];
}
