import { join } from 'node:path';
import type { FindOptions } from '../../src/demo/envoy-binary.js';
import { run } from '../../src/demo/fetch/command.js';
import { builtPrograms, type GoProgram } from './go.js';

const HELM: GoProgram = { package: 'helm.sh/helm/v3/cmd/helm', version: 'v3.22.0' };
/** The newest that Go 1.26 builds. */
const KUSTOMIZE: GoProgram = { package: 'sigs.k8s.io/kustomize/kustomize/v5', version: 'v5.8.2' };

/** Helm and kustomize, or one sentence that says why there are none. */
export type KubernetesToolsFound =
  | { readonly ok: true; readonly helm: string; readonly kustomize: string }
  | { readonly ok: false; readonly why: string };

/**
 * Finds helm and kustomize: from HELM_BIN and KUSTOMIZE_BIN, else in the cache folder, built with Go when it is empty.
 * Never throws.
 */
export async function findKubernetesTools(options: FindOptions): Promise<KubernetesToolsFound> {
  const { HELM_BIN: helm = '', KUSTOMIZE_BIN: kustomize = '' } = options.env;
  if (helm !== '' && kustomize !== '') return described(helm, kustomize, options.env);
  const name = `helm-${HELM.version}-kustomize-${KUSTOMIZE.version}`;
  const built = await builtPrograms(name, [KUSTOMIZE, HELM], options);
  if (!built.ok) return { ok: false, why: built.failure };
  return described(join(built.value, 'bin', 'helm'), join(built.value, 'bin', 'kustomize'), options.env);
}

async function described(
  helm: string,
  kustomize: string,
  env: NodeJS.ProcessEnv,
): Promise<KubernetesToolsFound> {
  for (const binary of [helm, kustomize]) {
    const { ok, output } = await run(binary, ['version'], { env, timeoutMs: 20_000 });
    if (!ok) return { ok: false, why: `${binary} does not run: ${output}` };
  }
  return { ok: true, helm, kustomize };
}
