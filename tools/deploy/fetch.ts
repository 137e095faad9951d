import { pathToFileURL } from 'node:url';
import type { FindOptions } from '../../src/demo/envoy-binary.js';
import { fetchContainerTools } from './containers.js';
import { findHadolint } from './hadolint.js';
import { findKubernetesTools } from './kubernetes-tools.js';
import { findPythonTools } from './python-tools.js';
import { findSchemas } from './schemas.js';

/**
 * Makes available what the checks of `deploy/` use, one after the other: each keeps both cores busy. What cannot be had
 * is said here, and fails the check that needs it.
 */
export async function fetchDeployTools(options: FindOptions): Promise<boolean> {
  const log = options.log ?? (() => undefined);
  const kubernetes = await findKubernetesTools(options);
  if (!kubernetes.ok) log(`no helm and kustomize: ${kubernetes.why}`);
  const others = [
    await findSchemas(options),
    await findPythonTools(options),
    await findHadolint(options),
    await fetchContainerTools(options),
  ];
  for (const found of others) if (!found.ok) log(found.failure);
  return kubernetes.ok && others.every(({ ok }) => ok);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const log = (line: string): void => void process.stderr.write(`${line}\n`);
  process.exitCode = (await fetchDeployTools({ env: process.env, log })) ? 0 : 1;
}
