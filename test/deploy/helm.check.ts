import t from 'tap';
import { parse } from 'yaml';
import {
  configured,
  EXAMPLE_VALUES,
  helm,
  helmLint,
  type KubernetesObject,
  kubernetes,
  objectsOf,
  one,
  type Rendered,
} from '../helpers/deploy.js';

const VALUES = ['--values', EXAMPLE_VALUES];

/** Labels that say who made an object, and nothing about what it does. */
const MADE_BY = new Set(['app.kubernetes.io/managed-by', 'helm.sh/chart']);

/** An object without what only kustomize or only Helm writes: who made it, and hashes of the configuration. */
function comparable(object: KubernetesObject): unknown {
  return JSON.parse(JSON.stringify(object), (key, value: unknown) => {
    if (key === 'checksum/config') return undefined;
    if (typeof value === 'string') return value.replace(/^(aviso-(?:config|envoy))-[a-z0-9]{10}$/, '$1');
    if (key === 'labels')
      return Object.fromEntries(Object.entries(Object(value)).filter(([name]) => !MADE_BY.has(name)));
    return value;
  });
}

/** What a renderer said. @throws when it did not refuse */
function refusal(result: Rendered): string {
  if (result.ok) throw new Error('it was rendered');
  return result.said;
}

const isConfigMap = ({ kind }: KubernetesObject): boolean => kind === 'ConfigMap';

for (const transport of ['http', 'grpc'] as const) {
  t.test(`Helm and kustomize make the same objects (${transport})`, async (t) => {
    const byKustomize = objectsOf(kubernetes(transport));
    const byHelm = objectsOf(helm(...VALUES, '--set', `envoy.transport=${transport}`));
    t.equal(byHelm.length, byKustomize.length);
    for (const object of byKustomize.filter((object) => !isConfigMap(object))) {
      const twin = one(byHelm, object.kind, object.metadata.name);
      t.strictSame(comparable(twin), comparable(object), `${object.kind} ${object.metadata.name}`);
    }
    const envoys = [byHelm, byKustomize].map((objects) => configured(objects, 'aviso-envoy', 'envoy.yaml'));
    t.equal(envoys[0], envoys[1], 'Envoy reads the same, to the byte');
    for (const key of ['config.yaml', 'authz.yaml']) {
      const [helms, kustomizes] = [byHelm, byKustomize].map((objects) =>
        parse(configured(objects, 'aviso-config', key)),
      );
      t.strictSame(helms, kustomizes, key);
    }
  });
}

t.test('helm lint finds nothing', async (t) => {
  const { status, said } = helmLint(...VALUES);
  t.equal(status, 0, said);
});

const REFUSED: readonly { readonly why: string; readonly set: string; readonly says: RegExp }[] = [
  { why: 'a misspelled value', set: 'image.repositry=x', says: /'\/image'.*'repositry' not allowed/ },
  {
    why: 'a transport that there is not',
    set: 'envoy.transport=tcp',
    says: /'\/envoy\/transport': value must be one of 'http', 'grpc'/,
  },
  { why: 'a tag in the repository', set: 'image.repository=a/b:', says: /'\/image\/repository'/ },
  { why: 'no replica', set: 'replicas=0', says: /'\/replicas': minimum: got 0, want 1/ },
  {
    why: 'ECPDS without TLS',
    set: 'config.authz.ecpds.servers[0]=http://ecpds',
    says: /'\/config\/authz\/ecpds\/servers\/0'/,
  },
  {
    why: 'no address of ECPDS',
    set: 'networkPolicy.egress.https=',
    says: /'\/networkPolicy\/egress\/https'/,
  },
  {
    why: 'the password among the values',
    set: 'config.authz.ecpds.password=hunter2',
    says: /readable in a ConfigMap: it belongs into the Secret aviso-ecpds-authz, under the key ecpds-password/,
  },
  {
    why: 'the password in Aviso’s part',
    set: 'config.aviso.ecpds.password=hunter2',
    says: /config\.aviso\.ecpds\.password would be readable/,
  },
  {
    why: 'the signing key among the values',
    set: 'config.aviso.auth.jwt_secret=hunter2',
    says: /config\.aviso\.auth\.jwt_secret would be readable.*jwt-secret/,
  },
  {
    why: 'the token of Aviso’s backend among the values',
    set: 'config.aviso.notification_backend.jetstream.token=hunter2',
    says: /put it into a Secret and name that in aviso\.env as NATS_TOKEN/,
  },
  {
    why: 'Aviso on another address',
    set: 'aviso.env[0].name=avisoserver_application__host,aviso.env[0].value=0.0.0.0',
    says: /elsewhere clients would walk round the check/,
  },
  {
    why: 'decisions on another address',
    set: 'config.authz.sidecar.http.host=0.0.0.0',
    says: /the chart sets where the authorizer listens/,
  },
];

for (const { why, set, says } of REFUSED) {
  t.test(`refused, with a reason: ${why}`, async (t) => {
    const said = refusal(helm(...VALUES, '--set', set));
    t.match(said, says);
    t.notMatch(said, 'hunter2', 'the reason does not repeat a secret');
  });
}

t.test('without values it says what is missing', async (t) => {
  const said = refusal(helm());
  t.match(said, /'\/config\/authz': missing property 'ecpds'/);
  t.match(said, /'\/config\/aviso': missing properties 'auth', 'notification_schema'/);
});

t.test('what can be switched off is gone, and nothing else', async (t) => {
  const all = objectsOf(helm(...VALUES)).map(({ kind }) => kind);
  const without = (set: string): string[] => {
    const left = objectsOf(helm(...VALUES, '--set', set)).map(({ kind }) => kind);
    return all.filter((kind) => !left.includes(kind));
  };
  t.strictSame(without('monitoring.enabled=false').sort(), ['PrometheusRule', 'ServiceMonitor']);
  t.strictSame(without('networkPolicy.enabled=false'), ['NetworkPolicy']);
});
