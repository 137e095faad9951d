import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { said, type Workshop } from '../../tools/deploy/containers.js';
import { IMAGE } from '../../tools/deploy/image.js';
import { type Container, configured, type KubernetesObject, type PodSpec, podOf } from './deploy.js';

/** An address of the pod that is not loopback: what reaches it could be reached from other pods. */
export const POD_IP = '10.42.0.5';

/** Confinement of one container, as `podman run` takes it. What the kernel here lets nobody raise is left low. */
export const CONFINED: readonly string[] = [
  ...[
    '--pull',
    'never',
    '--cgroups',
    'disabled',
    '--ulimit',
    'nofile=4096:4096',
    '--ulimit',
    'nproc=2000:2000',
  ],
];

/** Runs a rendered pod with podman: same images, arguments, environment, files and confinement, in one network. */
export interface Pod {
  /** Runs a command of this machine in the pod's network. */
  inNetwork(command: readonly string[]): string;
  stop(container: string): void;
  logs(container: string): string;
  /** Removes its containers, and those that were added to its network. */
  close(): void;
}

/**
 * Starts the containers in Kubernetes' order, the native sidecar first.
 *
 * @param secrets what the Secret holds, by key
 * @throws when one does not start
 */
export function startPod(
  workshop: Workshop,
  objects: readonly KubernetesObject[],
  secrets: Readonly<Record<string, string>>,
): Pod {
  const pod = podOf(objects);
  holdNetwork(workshop);
  const start = (container: Container): void => {
    const options = [
      ...['run', '--detach', '--name', container.name, '--network', `container:${NETWORK}`],
      ...CONFINED,
      ...confinement(container, pod),
      ...environment(container, secrets),
      ...mounts(container, pod, objects, secrets, workshop),
    ];
    const done = workshop.run(['podman', ...options, container.image, ...(container.args ?? [])]);
    if (done.code !== 0) throw new Error(`${container.name}: ${said(done)}`);
  };
  const pid = workshop.run(['podman', 'inspect', '--format', '{{.State.Pid}}', NETWORK]).out.trim();
  const inNetwork = (command: readonly string[]): string => {
    const done = workshop.run(['nsenter', '--net', '--target', pid, '--', ...command]);
    if (done.code !== 0) throw new Error(said(done));
    return done.out;
  };
  inNetwork(['ip', 'address', 'add', `${POD_IP}/32`, 'dev', 'lo']);
  for (const container of [...pod.initContainers, ...pod.containers]) start(container);
  return {
    inNetwork,
    stop: (name) => void workshop.run(['podman', 'stop', '--time', '20', name]),
    logs(name) {
      const { out, err } = workshop.run(['podman', 'logs', name]);
      return out + err;
    },
    // The one that holds the network goes last: podman keeps what others depend on.
    close: () => {
      for (let round = 0; round < 2; round++)
        workshop.run(['podman', 'rm', '--all', '--force', '--time', '0']);
    },
  };
}

/** The container that holds the pod's network, and does nothing else. */
export const NETWORK = 'network';

function holdNetwork({ run }: Workshop): void {
  const nothing = ['--entrypoint', 'node', IMAGE, '--eval', 'setInterval(() => {}, 1e9)'];
  const done = run([
    'podman',
    'run',
    '--detach',
    '--name',
    NETWORK,
    '--network',
    'none',
    ...CONFINED,
    ...nothing,
  ]);
  if (done.code !== 0) throw new Error(said(done));
}

function confinement({ securityContext }: Container, pod: PodSpec): string[] {
  const { runAsUser, runAsGroup, fsGroup } = pod.securityContext ?? {};
  return [
    ...['--user', `${runAsUser}:${runAsGroup}`, '--group-add', String(fsGroup)],
    ...(securityContext?.readOnlyRootFilesystem === true ? ['--read-only', '--read-only-tmpfs=false'] : []),
    ...(securityContext?.capabilities?.drop ?? []).flatMap((name) => ['--cap-drop', name]),
    ...(securityContext?.allowPrivilegeEscalation === false ? ['--security-opt', 'no-new-privileges'] : []),
  ];
}

function environment({ env = [] }: Container, secrets: Readonly<Record<string, string>>): string[] {
  return env.flatMap(({ name, value, valueFrom }) => {
    const { secretKeyRef } = Object(valueFrom);
    return ['--env', `${name}=${value ?? secrets[secretKeyRef.key]}`];
  });
}

/** Volumes as folders of the workshop: maps and secrets filled, others empty and writable. */
function mounts(
  { name: container, volumeMounts = [] }: Container,
  pod: PodSpec,
  objects: readonly KubernetesObject[],
  secrets: Readonly<Record<string, string>>,
  { folder }: Workshop,
): string[] {
  return volumeMounts.flatMap(({ name, mountPath, readOnly }) => {
    const volume = pod.volumes.find((volume) => volume.name === name);
    const path = join(folder, 'volumes', container, name);
    mkdirSync(path, { recursive: true });
    if (volume?.configMap !== undefined) {
      const { name: map, items } = volume.configMap;
      const found = objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === map);
      for (const key of items?.map(({ key }) => key) ?? Object.keys(found?.data ?? {}))
        writeFileSync(join(path, key), configured(objects, map, key));
    } else if (volume?.secret !== undefined) {
      for (const [key, value] of Object.entries(secrets)) writeSecret(join(path, key), value, pod);
    } else chmodSync(path, 0o777);
    return ['--volume', `${path}:${mountPath}${readOnly === true ? ':ro' : ''}`];
  });
}

/** As Kubernetes does with `defaultMode: 0440` and an `fsGroup`. */
function writeSecret(path: string, value: string, pod: PodSpec): void {
  writeFileSync(path, value);
  chownSync(path, 0, Number(pod.securityContext?.['fsGroup']));
  chmodSync(path, 0o440);
}
