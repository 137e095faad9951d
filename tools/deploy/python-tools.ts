import { join } from 'node:path';
import type { FindOptions } from '../../src/demo/envoy-binary.js';
import { cacheFolder, filledOnce } from '../../src/demo/fetch/cache.js';
import { run, which } from '../../src/demo/fetch/command.js';
import { installPackages } from '../../src/demo/fetch/pip.js';
import { fail, ok, type Result } from '../../src/domain/result.js';

/** From PyPI: checks objects against the schemas of Kubernetes; reads a compose file as podman does. */
const REQUIREMENTS = ['kubernetes-validate==1.37.0', 'podman-compose==1.6.0'];

/** A Python, and the environment in which it finds the packages. */
export interface PythonTools {
  readonly python: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Finds both in the cache folder, which is filled from PyPI when it is empty. */
export async function findPythonTools({ env, log }: FindOptions): Promise<Result<PythonTools, string>> {
  const python = await which('python3', env);
  if (python === null) return fail('there is no `python3` on the PATH, which kubernetes-validate needs');
  const version = (await run(python, ['--version'], { env })).output.replace(/\W+/g, '-');
  const target = join(cacheFolder(env), `${REQUIREMENTS.join('-').replaceAll('==', '-')}-${version}`);
  const filled = await filledOnce(target, async (folder) => {
    log?.(`fetching ${REQUIREMENTS.join(' and ')} from PyPI (about 25 MB, once)`);
    return installPackages(REQUIREMENTS, folder, env);
  });
  return filled.ok
    ? ok({ python, env: { ...env, PYTHONPATH: filled.value, PYTHONDONTWRITEBYTECODE: '1' } })
    : filled;
}
