import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parse, stringify } from 'yaml';
import { packageInfo } from '../../src/version.js';

/**
 * What the folders under `deploy/` share, written into each of them so that each can be copied by itself: Envoy's
 * configurations, the alerts, and the version of `package.json`. `--check` changes nothing and fails when a file is not
 * what it would be.
 */
const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const CHART = 'deploy/helm/aviso-ecpds-authz';
const ENVOY = ['envoy-http.yaml', 'envoy-grpc.yaml'];

/** A generated file: its path from the project's folder, and what has to be in it. */
export interface Generated {
  readonly path: string;
  readonly text: string;
}

/** Everything that is generated, from what is on the disk now. */
export function generated(root: string = ROOT): readonly Generated[] {
  return [...envoyFiles(root), ...alertFiles(root), ...versionedFiles(root)];
}

/** The generated files that are not, on the disk, what they have to be. */
export function outdated(root: string = ROOT): readonly Generated[] {
  return generated(root).filter(({ path, text }) => read(root, path) !== text);
}

function read(root: string, path: string): string | null {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch {
    return null;
  }
}

const must = (root: string, path: string): string => readFileSync(join(root, path), 'utf8');

const notice = (from: string): string =>
  `# Written by \`npm run deploy\` from ${from}. Change that, not this.\n`;

function envoyFiles(root: string): Generated[] {
  return ENVOY.flatMap((name) => {
    const text = notice(`envoy/${name}`) + must(root, `envoy/${name}`);
    return ['deploy/kubernetes/envoy', `${CHART}/files`].map((folder) => ({
      path: `${folder}/${name}`,
      text,
    }));
  });
}

/** The alerts of every rules file, in the order of the files' names. */
function alertFiles(root: string): Generated[] {
  const names = readdirSync(join(root, 'deploy/prometheus')).filter((name) => name.endsWith('.rules.yml'));
  const groups = names.sort().flatMap((name): unknown[] => {
    const file: { readonly groups: readonly unknown[] } = parse(must(root, `deploy/prometheus/${name}`));
    return [...file.groups];
  });
  const rule = {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: 'aviso' },
    spec: { groups },
  };
  const from = notice('deploy/prometheus/*.rules.yml');
  return [
    { path: 'deploy/kubernetes/monitoring/prometheus-rule.yaml', text: from + yaml(rule) },
    { path: `${CHART}/files/alerts.yaml`, text: from + yaml({ groups }) },
  ];
}

const yaml = (value: unknown): string => stringify(value, { lineWidth: 0 });

/** Where the version of `package.json` stands beside it; each pattern has it between its two groups. */
const VERSIONS: readonly { readonly path: string; readonly patterns: readonly RegExp[] }[] = [
  {
    path: 'deploy/kubernetes/kustomization.yaml',
    patterns: [
      /(aviso-ecpds-authz\/version: )[^ ]+( })/,
      /(newName: aviso-ecpds-authz .*\n {4}newTag: ).*(\n)/,
    ],
  },
  { path: `${CHART}/Chart.yaml`, patterns: [/(\nversion: ).*(\n)/, /(\nappVersion: ).*(\n)/] },
  { path: 'deploy/compose/compose.yaml', patterns: [/(image: aviso-ecpds-authz:)[^ \n]+(\n)/] },
  { path: 'Dockerfile', patterns: [/(org\.opencontainers\.image\.version=")[^"]+(")/] },
];

function versionedFiles(root: string): Generated[] {
  const { version } = packageInfo();
  return VERSIONS.map(({ path, patterns }) => ({
    path,
    text: patterns.reduce(
      (text, pattern) => {
        if (!pattern.test(text)) throw new Error(`${path} has no ${pattern}`);
        return text.replace(pattern, `$1${version}$2`);
      },
      must(root, path),
    ),
  }));
}

function main(): void {
  const isCheck = process.argv.includes('--check');
  const files = outdated();
  for (const { path, text } of files) {
    process.stdout.write(`${isCheck ? 'not up to date' : 'written'}: ${path}\n`);
    if (isCheck) continue;
    mkdirSync(dirname(join(ROOT, path)), { recursive: true });
    writeFileSync(join(ROOT, path), text);
  }
  if (isCheck && files.length > 0) {
    process.stdout.write('run `npm run deploy` and commit what it writes\n');
    process.exitCode = 1;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main();
