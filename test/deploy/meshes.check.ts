import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
import { customResources, schemaFolder } from '../helpers/custom-resources.js';
import {
  containerOf,
  containersOf,
  DEPLOY,
  type KubernetesObject,
  kubernetes,
  kustomize,
  objectsOf,
  one,
  podOf,
  variable,
} from '../helpers/deploy.js';

const check = customResources();
const MESHES = ['envoy-gateway', 'istio'] as const;
const RENDERED = new Map(MESHES.map((name) => [name, objectsOf(kustomize(join(DEPLOY, name)))]));
const objectsFor = (name: (typeof MESHES)[number]): readonly KubernetesObject[] => RENDERED.get(name) ?? [];

const isForeign = ({ apiVersion }: KubernetesObject): boolean =>
  /^(monitoring\.coreos\.com|gateway\.|[a-z.]*istio\.io)/.test(apiVersion);

t.test('a misspelled field, a wrong type and an unknown kind would be seen', async (t) => {
  const policy = one(objectsFor('envoy-gateway'), 'SecurityPolicy');
  t.equal(check(policy), null);
  const { extAuth, targetRefs } = policy.spec as { extAuth: object; targetRefs: unknown };
  const spoiled = (extra: object) => ({ ...policy, spec: { targetRefs, extAuth: { ...extAuth, ...extra } } });
  t.match(check(spoiled({ bodyToExtAuthz: {} })), /additional properties/);
  t.match(check(spoiled({ bodyToExtAuth: { maxRequestBytes: 'many' } })), /integer/);
  t.match(check(spoiled({ bodyToExtAuth: {} })), /maxRequestBytes/);
  t.match(check({ ...policy, kind: 'SecurityPolicies' }), /nobody defines/);
});

t.test('what the Prometheus operator defines is used as it defines it', async (t) => {
  const foreign = objectsOf(kubernetes('http')).filter(isForeign);
  t.strictSame(foreign.map(({ kind }) => kind).sort(), ['PrometheusRule', 'ServiceMonitor']);
  for (const object of foreign) t.equal(check(object), null, object.kind);
});

for (const name of MESHES) {
  t.test(`${name}: every custom resource is what its maker defines`, async (t) => {
    const foreign = objectsFor(name).filter(isForeign);
    t.ok(foreign.length >= 6);
    for (const object of foreign) t.equal(check(object), null, `${object.kind} ${object.metadata.name}`);
  });
}

t.test(
  'istio: the provider has the fields that the mesh configuration defines, and fails closed',
  async (t) => {
    const proto = readFileSync(join(schemaFolder(), 'istio-mesh-config.proto'), 'utf8');
    const fieldsOf = (message: string): Set<string> => {
      const body = new RegExp(`message ${message} \\{([\\s\\S]*?)\\n {4}\\}`).exec(proto)?.[1] ?? '';
      const names = [...body.matchAll(/^ {6}(?!\/)[\w.<>, ]+ (\w+) = \d+/gm)].map(([, field = '']) => field);
      return new Set(
        names.map((field) => field.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())),
      );
    };
    const { meshConfig } = parse(readFileSync(join(DEPLOY, 'istio/mesh-config.yaml'), 'utf8'));
    const [{ name, envoyExtAuthzGrpc: provider }] = meshConfig.extensionProviders;
    const known = fieldsOf('EnvoyExternalAuthorizationGrpcProvider');
    t.ok(known.has('statusOnError') && known.has('includeRequestBodyInCheck'));
    for (const field of Object.keys(provider)) t.ok(known.has(field), field);
    const body = fieldsOf('EnvoyExternalAuthorizationRequestBody');
    for (const field of Object.keys(provider.includeRequestBodyInCheck)) t.ok(body.has(field), field);
    t.match(provider, { failOpen: false, statusOnError: '503', timeout: '35s', port: 9003 });
    t.strictSame(provider.includeRequestBodyInCheck, {
      maxRequestBytes: 262144,
      allowPartialMessage: false,
      packAsBytes: true,
    });
    const policy = one(objectsFor('istio'), 'AuthorizationPolicy');
    t.match(policy.spec, { action: 'CUSTOM', provider: { name }, rules: [{}] });
    const [namespace, host] = provider.service.split('/');
    const entry = one(objectsFor('istio'), 'ServiceEntry');
    t.equal(entry.metadata.namespace, namespace);
    t.match(entry.spec, {
      hosts: [host],
      endpoints: [{ address: '127.0.0.1' }],
      ports: [{ number: provider.port }],
    });
  },
);

t.test('istio: Aviso and decisions stay on loopback, and only the metrics go past the mesh', async (t) => {
  const pod = podOf(objectsFor('istio'));
  t.strictSame(
    containersOf(pod).map(({ name }) => name),
    ['authz', 'aviso'],
  );
  t.equal(variable(containerOf(pod, 'aviso'), 'AVISOSERVER_APPLICATION__HOST'), '127.0.0.1');
  for (const listener of ['HTTP', 'GRPC'])
    t.equal(variable(containerOf(pod, 'authz'), `AVISOSERVER_SIDECAR__${listener}__HOST`), '127.0.0.1');
  const { template } = one(objectsFor('istio'), 'Deployment').spec as {
    template: { metadata: { annotations: Record<string, string> } };
  };
  t.equal(template.metadata.annotations['traffic.sidecar.istio.io/excludeInboundPorts'], '9464');
  t.match(one(objectsFor('istio'), 'Sidecar').spec, { ingress: [{ defaultEndpoint: '127.0.0.1:8000' }] });
});

t.test('envoy-gateway: fails closed, and only its own Envoy reaches Aviso and decisions', async (t) => {
  const objects = objectsFor('envoy-gateway');
  const { extAuth } = one(objects, 'SecurityPolicy').spec as { extAuth: Record<string, unknown> };
  t.match(extAuth, {
    failOpen: false,
    statusOnError: 503,
    bodyToExtAuth: { maxRequestBytes: 262144 },
    timeout: '35s',
    http: { backendRefs: [{ name: 'aviso-authz', port: 9002 }] },
  });
  t.ok((extAuth['headersToExtAuth'] as string[]).includes('content-encoding'));
  const { ingress } = one(objects, 'NetworkPolicy').spec as {
    ingress: { from?: object[]; ports: { port: number }[] }[];
  };
  const guarded = ingress.filter(({ ports }) => ports.some(({ port }) => port === 8000 || port === 9002));
  t.equal(guarded.length, 1);
  t.match(guarded[0]?.from, [{ namespaceSelector: {}, podSelector: {} }]);
  t.notOk(
    ingress.some(({ from }) => from === undefined),
    'nothing is open to everybody',
  );
  t.match(one(objects, 'Service', 'aviso-authz').spec, { ports: [{ targetPort: 9002 }] });
});
