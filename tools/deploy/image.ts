import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FindOptions } from '../../src/demo/envoy-binary.js';
import { fail, ok, type Result } from '../../src/domain/result.js';
import { packageInfo } from '../../src/version.js';
import { BASE, buildBaseImage } from './base-image.js';
import { said, type Workshop } from './containers.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** The image, as the manifests name it. */
export const IMAGE = `aviso-ecpds-authz:${packageInfo().version}`;

/** Builds the image with buildah from the Dockerfile as it is; only the base is one of our own making. */
export async function buildImage(workshop: Workshop, options: FindOptions): Promise<Result<null, string>> {
  const base = await buildBaseImage(workshop, options);
  if (!base.ok) return base;
  const npmCache = spawnSync('npm', ['config', 'get', 'cache'], { encoding: 'utf8' }).stdout.trim();
  const built = buildFrom(workshop, join(ROOT, 'Dockerfile'), ROOT, IMAGE, [
    ...['--build-arg', `NODE_IMAGE=${BASE}`],
    ...['--volume', `${npmCache}:/npm-cache`],
  ]);
  return built;
}

/** Builds any image whose base is there already. */
export function buildFrom(
  workshop: Workshop,
  dockerfile: string,
  context: string,
  tag: string,
  more: readonly string[] = [],
): Result<null, string> {
  const policy = ['--signature-policy', join(workshop.folder, 'policy.json')];
  // Docker's own format: HEALTHCHECK is in no other.
  const how = ['--isolation', 'chroot', '--format', 'docker', '--pull-never'];
  const what = ['--tag', tag, '--file', dockerfile, context];
  const built = workshop.run(['buildah', 'bud', ...how, ...policy, ...more, ...what]);
  return built.code === 0 ? ok(null) : fail(`buildah cannot build ${tag}: ${said(built)}`);
}
