import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
import { loadConfig } from '../../src/config/load.js';
import { findPythonTools } from '../../tools/deploy/python-tools.js';
import {
  configured,
  containerOf,
  containersOf,
  EXAMPLE_VALUES,
  helm,
  KUBERNETES_VERSIONS,
  type KubernetesObject,
  kubernetes,
  objectsOf,
  one,
  podOf,
  variable,
} from '../helpers/deploy.js';

const VALUES = ['--values', EXAMPLE_VALUES];
const RENDERED = new Map<string, readonly KubernetesObject[]>([
  ['kustomize, HTTP', objectsOf(kubernetes('http'))],
  ['kustomize, gRPC', objectsOf(kubernetes('grpc'))],
  ['helm, HTTP', objectsOf(helm(...VALUES))],
  ['helm, gRPC', objectsOf(helm(...VALUES, '--set', 'envoy.transport=grpc'))],
]);

const python = await findPythonTools({ env: process.env });

/** What kubernetes-validate says about objects that Kubernetes itself defines, in its strict form. */
function validated(objects: readonly KubernetesObject[]): {
  readonly status: number | null;
  readonly said: string;
} {
  if (!python.ok) throw new Error(python.failure);
  const folder = mkdtempSync(join(tmpdir(), 'authz-validate-'));
  const files = objects.map((object, i) => {
    const file = join(folder, `${i}-${object.kind}.yaml`);
    writeFileSync(file, JSON.stringify(object));
    return file;
  });
  const versions = KUBERNETES_VERSIONS.flatMap((version) => ['-k', version]);
  const args = ['-m', 'kubernetes_validate', '--strict', ...versions, ...files];
  const done = spawnSync(python.value.python, args, { env: python.value.env, encoding: 'utf8' });
  rmSync(folder, { recursive: true, force: true });
  return { status: done.status, said: done.stdout + done.stderr };
}

const isOwn = ({ apiVersion }: KubernetesObject): boolean => !apiVersion.startsWith('monitoring.coreos.com');

t.test('a misspelled field would be seen', async (t) => {
  const wrong = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'x' }, spec: { portz: [] } };
  const { status, said } = validated([wrong]);
  t.not(status, 0);
  t.match(said, /portz/);
});

for (const [name, objects] of RENDERED) {
  t.test(`${name}: Kubernetes knows every field`, async (t) => {
    const own = objects.filter(isOwn);
    t.strictSame(objects.map(({ kind }) => kind).sort(), [
      'ConfigMap',
      'ConfigMap',
      'Deployment',
      'NetworkPolicy',
      'PodDisruptionBudget',
      'PrometheusRule',
      'Service',
      'Service',
      'ServiceMonitor',
    ]);
    const { status, said } = validated(own);
    t.equal(status, 0, said);
  });

  t.test(`${name}: there is no way round the check`, async (t) => {
    const pod = podOf(objects);
    t.notOk(pod.hostNetwork ?? false, 'the network is the pod’s own');
    const aviso = containerOf(pod, 'aviso');
    t.equal(variable(aviso, 'AVISOSERVER_APPLICATION__HOST'), '127.0.0.1');
    t.equal(variable(aviso, 'AVISOSERVER_APPLICATION__PORT'), '8000');
    t.notOk(aviso.ports, 'no port of Aviso is given out');
    const authz = containerOf(pod, 'authz');
    t.equal(variable(authz, 'AVISOSERVER_SIDECAR__HTTP__HOST'), '127.0.0.1');
    t.equal(variable(authz, 'AVISOSERVER_SIDECAR__GRPC__HOST'), '127.0.0.1');
    const ports = containersOf(pod).flatMap(({ ports }) => ports ?? []);
    t.strictSame(ports.map(({ containerPort }) => containerPort).sort(), [8080, 9464]);
    t.ok(ports.every(({ hostPort }) => hostPort === undefined));
    const services = objects.filter(({ kind }) => kind === 'Service');
    for (const { metadata, spec } of services) {
      const { ports } = spec as { ports: { targetPort: number }[] };
      const wanted = metadata.name === 'aviso' ? 8080 : 9464;
      t.ok(
        ports.every(({ targetPort }) => targetPort === wanted),
        `${metadata.name} leads to ${wanted}`,
      );
    }
    t.match(one(objects, 'Service', 'aviso-metrics').spec, { clusterIP: 'None' });
  });

  t.test(
    `${name}: the policy lets clients to Envoy, Prometheus to the metrics, and nobody elsewhere`,
    async (t) => {
      const { spec } = one(objects, 'NetworkPolicy') as { spec?: unknown };
      const { policyTypes, ingress, egress, podSelector } = spec as {
        policyTypes: string[];
        podSelector: { matchLabels: Record<string, string> };
        ingress: { from?: unknown[]; ports: { port: number }[] }[];
        egress: { to: unknown[]; ports: { port: number }[] }[];
      };
      t.strictSame([...policyTypes].sort(), ['Egress', 'Ingress']);
      const { template } = one(objects, 'Deployment').spec as {
        template: { metadata: { labels: Record<string, string> } };
      };
      t.match(template.metadata.labels, podSelector.matchLabels, 'it is about these pods');
      t.strictSame(
        ingress.map(({ from, ports }) => [from !== undefined, ports.map(({ port }) => port)]),
        [
          [false, [8080]],
          [true, [9464]],
        ],
      );
      t.ok(
        egress.every(({ to }) => to.length > 0),
        'nothing may go everywhere',
      );
      t.ok(
        egress.some(({ ports }) => ports.some(({ port }) => port === 443)),
        'ECPDS may be asked',
      );
    },
  );

  t.test(`${name}: Envoy asks and serves on loopback alone`, async (t) => {
    const envoy = parse(configured(objects, 'aviso-envoy', 'envoy.yaml'), { maxAliasCount: -1 });
    const addresses = JSON.stringify(envoy.static_resources.clusters).match(/"address":"[^"]+"/g);
    t.strictSame(new Set(addresses), new Set(['"address":"127.0.0.1"']));
    t.equal(envoy.admin.address.socket_address.address, '127.0.0.1');
    t.equal(envoy.static_resources.listeners[0].address.socket_address.port_value, 8080);
    const checks = JSON.stringify(envoy.static_resources.clusters[0].load_assignment);
    t.match(checks, name.includes('gRPC') ? /9003/ : /9002/);
  });

  t.test(`${name}: no container has a right that it does not need`, async (t) => {
    const pod = podOf(objects);
    t.equal(pod.automountServiceAccountToken, false);
    t.match(pod.securityContext, {
      runAsNonRoot: true,
      runAsUser: 65532,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    for (const { name, securityContext, volumeMounts } of containersOf(pod)) {
      t.strictSame(
        securityContext,
        { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
        name,
      );
      const writable = (volumeMounts ?? []).filter(({ readOnly }) => readOnly !== true);
      t.strictSame(
        writable.map(({ mountPath }) => mountPath),
        name === 'aviso' ? ['/tmp'] : [],
        name,
      );
    }
  });

  t.test(`${name}: secrets are files or references, and nowhere in clear`, async (t) => {
    t.notOk(
      objects.some(({ kind }) => kind === 'Secret'),
      'the Secret is made by hand',
    );
    const pod = podOf(objects);
    const authz = containerOf(pod, 'authz');
    const folder = authz.volumeMounts?.find(({ name }) => name === 'secrets')?.mountPath ?? '?';
    t.equal(variable(authz, 'AVISO_AUTHZ_ECPDS_PASSWORD_FILE'), `${folder}/ecpds-password`);
    t.equal(variable(authz, 'AVISO_AUTHZ_JWT_SECRET_FILE'), `${folder}/jwt-secret`);
    t.match(
      pod.volumes.find(({ name }) => name === 'secrets'),
      {
        secret: { secretName: 'aviso-ecpds-authz', defaultMode: 0o440 },
      },
    );
    for (const { name, env } of containersOf(pod)) {
      for (const { name: key, value } of env ?? [])
        t.ok(
          value === undefined || /_FILE$|__HOST$|__PORT$/.test(key),
          `${name}: ${key} has no secret in it`,
        );
    }
    for (const { metadata, data } of objects.filter(({ kind }) => kind === 'ConfigMap'))
      t.notMatch(JSON.stringify(data), /(password|jwt_secret|token)\\?"?: *[^ ]/, metadata.name);
  });

  t.test(`${name}: the authorizer takes its configuration as it is mounted, and gates`, async (t) => {
    const files = new Map(
      ['config.yaml', 'authz.yaml'].map((file) => [
        `/etc/aviso/${file}`,
        configured(objects, 'aviso-config', file),
      ]),
    );
    const authz = containerOf(podOf(objects), 'authz');
    const named = authz.args?.filter((arg) => arg.startsWith('/')) ?? [];
    const env = Object.fromEntries((authz.env ?? []).map(({ name, value }) => [name, value]));
    const secrets = { ecpds: 'password', jwt: '0123456789abcdef0123456789abcdef' };
    const readFile = (path: string): string =>
      files.get(path) ?? (path.endsWith('jwt-secret') ? secrets.jwt : secrets.ecpds);
    const loaded = await loadConfig({ files: named, env, readFile });
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.failure));
    t.equal(loaded.value.config.notification_schema.get('dissemination')?.gated, true);
    t.match(loaded.value.config.sidecar.admin, { host: '0.0.0.0', port: 9464 });
    const warned = loaded.value.warnings.map(({ path }) => path);
    t.strictSame(warned, ['sidecar.admin.host'], 'of what the NetworkPolicy sees to, and of nothing else');
  });

  t.test(
    `${name}: the authorizer is up before the others and ends after them, within the pod’s time`,
    async (t) => {
      const pod = podOf(objects);
      t.strictSame(
        pod.initContainers.map(({ name, restartPolicy }) => [name, restartPolicy]),
        [['authz', 'Always']],
      );
      const authz = containerOf(pod, 'authz');
      t.match(authz.startupProbe, { httpGet: { path: '/healthz', port: 9464 } });
      t.match(authz.livenessProbe, { httpGet: { path: '/healthz', port: 9464 } });
      t.match(authz.readinessProbe, { httpGet: { path: '/readyz', port: 9464 } });
      t.match(containerOf(pod, 'envoy').readinessProbe, { httpGet: { path: '/health', port: 8080 } });
      const files = ['config.yaml', 'authz.yaml'].map((file) => configured(objects, 'aviso-config', file));
      const loaded = await loadConfig({
        files: ['config.yaml', 'authz.yaml'],
        env: { AVISOSERVER_ECPDS__PASSWORD: 'p', AVISOSERVER_AUTH__JWT_SECRET: 'x'.repeat(32) },
        readFile: (path) => files[path === 'config.yaml' ? 0 : 1] ?? '',
      });
      if (!loaded.ok) throw new Error(JSON.stringify(loaded.failure));
      const { ecpds, sidecar } = loaded.value.config;
      const waits = pod.containers.map(({ lifecycle }) => lifecycle?.preStop?.sleep?.seconds ?? 0);
      const authorizer = sidecar.drain_seconds + (ecpds?.request_timeout_seconds ?? 0) + 10;
      t.equal(pod.terminationGracePeriodSeconds, Math.max(...waits) + 15 + authorizer);
    },
  );

  t.test(`${name}: what Prometheus selects is what it can scrape`, async (t) => {
    const { selector, endpoints } = one(objects, 'ServiceMonitor').spec as {
      selector: { matchLabels: Record<string, string> };
      endpoints: { port: string; path: string }[];
    };
    const metrics = one(objects, 'Service', 'aviso-metrics');
    t.match(metrics.metadata.labels, selector.matchLabels);
    const clients = one(objects, 'Service', 'aviso').metadata.labels;
    t.notMatch(clients, selector.matchLabels, 'and not the Service for clients');
    t.match(metrics.spec, {
      ports: [{ name: endpoints[0]?.port, port: 9464 }],
      publishNotReadyAddresses: true,
    });
    t.equal(endpoints[0]?.path, '/metrics');
  });
}
