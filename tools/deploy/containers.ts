import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FindOptions } from '../../src/demo/envoy-binary.js';
import { cacheFolder, filledOnce } from '../../src/demo/fetch/cache.js';
import { run, tail } from '../../src/demo/fetch/command.js';
import { unpackDebian } from '../../src/demo/fetch/debian.js';
import { fail, ok, type Result } from '../../src/domain/result.js';

/** Debian's names of what builds and runs images, and of what makes a small Debian. */
const PACKAGES = ['buildah', 'podman', 'crun', 'mmdebstrap'];

/** What a command of the workshop printed, and how it ended. */
export interface Finished {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Builds and runs images, with everything of theirs below one temporary folder. */
export interface Workshop {
  /** For whatever goes with the images; removed at the end. */
  readonly folder: string;
  run(command: readonly string[], options?: { readonly cwd?: string }): Finished;
  /** Removes every container, image and file. */
  close(): void;
}

/**
 * Opens a workshop with Debian's buildah, podman and crun. Nothing is installed: they are unpacked in the cache folder
 * and laid over `/usr` in a mount namespace that only their own processes see.
 */
export async function openWorkshop(options: FindOptions): Promise<Result<Workshop, string>> {
  if (process.getuid?.() !== 0) return fail('images are built and run by root only: mounts need it');
  const unpacked = await fetchContainerTools(options);
  if (!unpacked.ok) return unpacked;
  const folder = mkdtempSync(join(tmpdir(), 'authz-images-'));
  const env = environment(folder, options.env);
  const space = enter(unpacked.value, folder, env);
  return space.ok ? ok(workshop(folder, space.value, env)) : space;
}

/** A folder of the cache with the tools, unpacked when it is empty. */
export async function fetchContainerTools({ env, log }: FindOptions): Promise<Result<string, string>> {
  return filledOnce(join(cacheFolder(env), 'container-tools'), async (folder) => {
    log?.(`fetching Debian's ${PACKAGES.join(', ')} (about 27 MB, once)`);
    const unpacked = await unpackDebian(PACKAGES, folder, env);
    if (!unpacked.ok) return unpacked;
    const { ok: runs, output } = await run('test', ['-x', join(folder, 'usr/bin/podman')], { env });
    return runs ? ok(null) : fail(`Debian's packages have no podman: ${output}`);
  });
}

/** Files that tell the tools to keep to the folder, and to look for images nowhere else. */
function environment(folder: string, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  mkdirSync(join(folder, 'runtime'));
  write('policy.json', '{"default":[{"type":"insecureAcceptAnything"}]}');
  const storage = `[storage]\ndriver = "overlay"\ngraphroot = "${folder}/graph"\nrunroot = "${folder}/run"\n`;
  return {
    PATH: env['PATH'],
    HOME: folder,
    XDG_RUNTIME_DIR: join(folder, 'runtime'),
    CONTAINERS_STORAGE_CONF: write('storage.conf', storage),
    CONTAINERS_REGISTRIES_CONF: write(
      'registries.conf',
      'unqualified-search-registries = []\nshort-name-mode = "disabled"\n',
    ),
    CONTAINERS_CONF: write(
      'containers.conf',
      '[engine]\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\nruntime = "crun"\n',
    ),
  };
}

/** A shell in the namespaces, which holds them open until its standard input ends. crun wants cgroup v2 and no other. */
function enter(
  tools: string,
  folder: string,
  env: NodeJS.ProcessEnv,
): Result<ReturnType<typeof spawn>, string> {
  const script = [
    'set -e',
    `mount -t overlay overlay -o lowerdir=${tools}/usr:/usr /usr`,
    ...['/etc', '/run', '/var/lib'].map((path) => overWritable(path, folder)),
    'mount -t cgroup2 none /sys/fs/cgroup',
    `echo up >${folder}/up`,
    'exec cat',
  ].join('\n');
  const holder = spawn('unshare', ['--mount', 'sh', '-c', script], {
    env,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const waited = spawnSync('sh', [
    '-c',
    `for i in $(seq 100); do [ -e ${folder}/up ] && exit 0; sleep 0.05; done; exit 1`,
  ]);
  if (waited.status === 0) return ok(holder);
  holder.kill();
  return fail('the kernel gives no mount namespace with an overlay, which the image tools need here');
}

/** Lays a folder of the workshop over one of the machine's: what the tools write into it is the workshop's alone. */
function overWritable(path: string, folder: string): string {
  const [upper, work] = ['upper', 'work'].map((kind) => {
    const made = join(folder, 'overlays', path, kind);
    mkdirSync(made, { recursive: true });
    return made;
  });
  return `mount -t overlay overlay -o lowerdir=${path},upperdir=${upper},workdir=${work} ${path}`;
}

function workshop(folder: string, holder: ReturnType<typeof spawn>, env: NodeJS.ProcessEnv): Workshop {
  const inside = ['--mount', '--target', String(holder.pid), '--'];
  const runInside = (command: readonly string[], { cwd = '/' }: { readonly cwd?: string } = {}): Finished => {
    const args = [...inside, 'sh', '-c', 'cd "$0" && exec "$@"', cwd, ...command];
    const done = spawnSync('nsenter', args, { env, encoding: 'utf8', timeout: 600_000, maxBuffer: 64 << 20 });
    return { code: done.status, out: done.stdout, err: done.stderr };
  };
  return {
    folder,
    run: runInside,
    close() {
      runInside(['podman', 'rm', '--all', '--force', '--time', '0']);
      runInside(['umount', `${folder}/graph/overlay`]);
      holder.stdin?.end();
      holder.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What a failed command said, in one line. */
export const said = ({ out, err }: Finished): string => tail(`${out}\n${err}`.trim(), 5);
