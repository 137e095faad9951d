import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import { findKubernetesTools } from '../../tools/deploy/kubernetes-tools.js';

export const DEPLOY = fileURLToPath(new URL('../../../deploy', import.meta.url));
export const CHART = join(DEPLOY, 'helm/aviso-ecpds-authz');
export const EXAMPLE_VALUES = join(DEPLOY, 'helm/example-values.yaml');
/** What the manifests are checked against: the first with all they use, one in the middle, and the newest known. */
export const KUBERNETES_VERSIONS = ['1.30', '1.33', '1.37'];

/** A Kubernetes object, as far as tests look at it. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Labels };
  readonly spec?: unknown;
  readonly data?: Readonly<Record<string, string>>;
}
export type Labels = Readonly<Record<string, string>>;

export interface Probe {
  readonly httpGet?: { readonly path: string; readonly port: number };
  readonly tcpSocket?: { readonly port: number };
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly restartPolicy?: string;
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: unknown }[];
  readonly ports?: readonly { readonly containerPort: number; readonly hostPort?: number }[];
  readonly startupProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly lifecycle?: { readonly preStop?: { readonly sleep?: { readonly seconds: number } } };
  readonly securityContext?: {
    readonly allowPrivilegeEscalation?: boolean;
    readonly readOnlyRootFilesystem?: boolean;
    readonly privileged?: boolean;
    readonly capabilities?: { readonly drop?: readonly string[]; readonly add?: readonly string[] };
  };
  readonly volumeMounts?: readonly {
    readonly name: string;
    readonly mountPath: string;
    readonly readOnly?: boolean;
  }[];
}

export interface PodSpec {
  readonly initContainers: readonly Container[];
  readonly containers: readonly Container[];
  readonly volumes: readonly {
    readonly name: string;
    readonly configMap?: {
      readonly name: string;
      readonly items?: readonly { readonly key: string; readonly path: string }[];
    };
    readonly secret?: { readonly secretName: string };
    readonly emptyDir?: unknown;
  }[];
  readonly terminationGracePeriodSeconds: number;
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly shareProcessNamespace?: boolean;
  readonly automountServiceAccountToken?: boolean;
  readonly securityContext?: Readonly<Record<string, unknown>>;
}

/** What a renderer made: objects, or what it said when it refused. */
export type Rendered =
  | { readonly ok: true; readonly objects: readonly KubernetesObject[] }
  | { readonly ok: false; readonly said: string };

const log = (line: string): void => void process.stderr.write(`# ${line}\n`);
const tools = await findKubernetesTools({ env: process.env, log });

/** @throws without kustomize, whose absence is a failure */
export function kustomize(folder: string): Rendered {
  if (!tools.ok) throw new Error(tools.why);
  return rendered(tools.kustomize, ['build', folder]);
}

/** The manifests of `deploy/kubernetes`, with Envoy's configuration for one of its two transports. */
export function kubernetes(transport: 'http' | 'grpc'): Rendered {
  const folder = mkdtempSync(join(tmpdir(), 'authz-kubernetes-'));
  try {
    cpSync(join(DEPLOY, 'kubernetes'), folder, { recursive: true });
    const file = join(folder, 'kustomization.yaml');
    const text = readFileSync(file, 'utf8');
    const line = 'envoy.yaml=envoy/envoy-http.yaml';
    if (!text.includes(line)) throw new Error(`no ${line} to change`);
    writeFileSync(file, text.replace(line, `envoy.yaml=envoy/envoy-${transport}.yaml`));
    return kustomize(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @throws without helm, whose absence is a failure */
export function helm(...options: readonly string[]): Rendered {
  if (!tools.ok) throw new Error(tools.why);
  const release = ['--namespace', 'aviso', '--kube-version', '1.33.0'];
  return rendered(tools.helm, ['template', 'aviso', CHART, ...release, ...options]);
}

/** @throws without helm */
export function helmLint(...options: readonly string[]): {
  readonly status: number | null;
  readonly said: string;
} {
  if (!tools.ok) throw new Error(tools.why);
  const { status, stdout, stderr } = spawnSync(tools.helm, ['lint', '--strict', CHART, ...options], {
    encoding: 'utf8',
  });
  return { status, said: stdout + stderr };
}

function rendered(program: string, args: readonly string[]): Rendered {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 64 << 20 });
  return status === 0 ? { ok: true, objects: objectsIn(stdout) } : { ok: false, said: stderr };
}

/** The objects of a YAML stream. @throws when it is none */
export function objectsIn(text: string): readonly KubernetesObject[] {
  const documents = parseAllDocuments(text);
  for (const { errors } of Array.isArray(documents) ? documents : []) if (errors[0]) throw errors[0];
  return [...documents].map((document) => document.toJS()).filter((object) => object !== null);
}

/** @throws when it was refused */
export function objectsOf(result: Rendered): readonly KubernetesObject[] {
  if (!result.ok) throw new Error(result.said);
  return result.objects;
}

/** The one object of a kind, and of that name where there are several. @throws when there is none */
export function one(objects: readonly KubernetesObject[], kind: string, name?: string): KubernetesObject {
  const found = objects.find(
    (object) => object.kind === kind && (name === undefined || object.metadata.name === name),
  );
  if (found === undefined) throw new Error(`no ${kind} ${name ?? ''}`);
  return found;
}

/** The pod of the Deployment. */
export function podOf(objects: readonly KubernetesObject[]): PodSpec {
  const { spec } = one(objects, 'Deployment') as { spec?: { template: { spec: PodSpec } } };
  if (spec === undefined) throw new Error('the Deployment has no spec');
  return spec.template.spec;
}

export const containersOf = (pod: PodSpec): readonly Container[] => [
  ...pod.initContainers,
  ...pod.containers,
];

/** @throws when there is none of that name */
export function containerOf(pod: PodSpec, name: string): Container {
  const found = containersOf(pod).find((container) => container.name === name);
  if (found === undefined) throw new Error(`no container ${name}`);
  return found;
}

export const variable = ({ env }: Container, name: string): string | undefined =>
  env?.filter((entry) => entry.name === name).at(-1)?.value;

/** The configuration that a ConfigMap has under a key, whatever hash its name ends in. @throws when there is none */
export function configured(objects: readonly KubernetesObject[], map: string, key: string): string {
  const found = objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name.startsWith(map));
  const text = found?.data?.[key];
  if (text === undefined) throw new Error(`no ConfigMap ${map} with ${key}`);
  return text;
}
