import type { Override } from './environment.js';
import type { Files } from './files.js';
import { type Problem, showPath } from './problem.js';
import { treeAt } from './tree.js';

/** Variables that name the file of a secret. In our own namespace: Aviso refuses settings that it does not know. */
const SECRET_FILES = [
  { name: 'AVISO_AUTHZ_ECPDS_PASSWORD_FILE', path: ['ecpds', 'password'] },
  { name: 'AVISO_AUTHZ_JWT_SECRET_FILE', path: ['auth', 'jwt_secret'] },
  { name: 'AVISO_AUTHZ_RECHECK_TOKEN_FILE', path: ['sidecar', 'recheck_token'] },
] as const;

/** The secrets that come from files of their own. One newline at the end is not part of the secret. */
export async function readSecrets(
  env: NodeJS.ProcessEnv,
  files: Files,
): Promise<{ overrides: Override[]; problems: Problem[] }> {
  const overrides: Override[] = [];
  const problems: Problem[] = [];
  for (const { name, path } of SECRET_FILES) {
    const file = env[name];
    if (file === undefined) continue;
    const content = await files.read(file.trim());
    if (content.ok) {
      overrides.push({ name, path, tree: treeAt(path, content.value.replace(/\r?\n$/, '')) });
    } else {
      const problem = `the file that it names ${content.failure}`;
      problems.push({ path: name, problem, cure: `a readable file that holds ${showPath(path)}` });
    }
  }
  return { overrides, problems };
}
