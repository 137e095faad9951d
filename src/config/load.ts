import { X509Certificate } from 'node:crypto';
import { fail, ok, type Result } from '../domain/result.js';
import { type Override, readEnvironment } from './environment.js';
import { type Files, filesRead, type ReadFile } from './files.js';
import { type Problem, showPath } from './problem.js';
import type { Config } from './schema.js';
import { readSecrets } from './secrets.js';
import { isTreeMap, merge, type TreeMap, treeMap } from './tree.js';
import { validate } from './validate.js';
import { readYaml } from './yaml.js';

const FILE_VARIABLE = 'AVISOSERVER_CONFIG_FILE';

export interface LoadOptions {
  /** Later files are laid over earlier ones. With none, `AVISOSERVER_CONFIG_FILE` names the file. */
  readonly files: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly readFile?: ReadFile;
  /** Told each file before it is read, whether or not it can be. */
  readonly onRead?: (path: string) => Promise<void>;
}

export interface LoadedConfig {
  readonly config: Config;
  /** The configuration files, in the order they were laid over another. */
  readonly files: readonly string[];
  /** What is legal but risky. */
  readonly warnings: readonly Problem[];
  /** The files that were read, in order: configuration, secrets, trust anchors. A change of any is a reason to reload. */
  readonly sources: readonly string[];
  /** The environment variables that set something. */
  readonly variables: readonly string[];
  /** The content of `sidecar.ca_file`, or null when none is configured. */
  readonly ca: string | null;
}

/** Reads the configuration. This folder is the only place that looks at the environment or reads settings from files. */
export async function loadConfig(options: LoadOptions): Promise<Result<LoadedConfig, Problem[]>> {
  const files = filesRead(options.readFile, options.onRead);
  const tree = await readFiles(options, files);
  const environment = readEnvironment(options.env);
  const secrets = await readSecrets(options.env, files);
  const overrides = [...environment.overrides, ...secrets.overrides];
  const outside = [...environment.problems, ...secrets.problems];
  if (!tree.ok) return fail([...tree.failure, ...outside]);

  const checked = validate(overridden(tree.value, overrides));
  if (!checked.ok)
    return fail([...outside, ...checked.failure.map((problem) => withSource(problem, overrides))]);
  if (outside.length > 0) return fail(outside);
  const ca = await readCa(checked.value.config.sidecar.ca_file, files);
  if (!ca.ok) return fail([ca.failure]);
  return ok({
    config: checked.value.config,
    files: configurationFiles(options),
    warnings: [...environment.warnings, ...checked.value.warnings],
    sources: files.sources,
    variables: overrides.map(({ name }) => name),
    ca: ca.value,
  });
}

/** All files, merged, or what is wrong with any of them. */
async function readFiles(options: LoadOptions, files: Files): Promise<Result<TreeMap, Problem[]>> {
  const paths = configurationFiles(options);
  if (paths.length === 0) {
    const cure = `--config FILE, or ${FILE_VARIABLE} set to the path of a file`;
    return fail([{ path: FILE_VARIABLE, problem: 'no configuration file is named', cure }]);
  }
  let problems: Problem[] = [];
  let tree = treeMap();
  for (const path of paths) {
    const content = await files.read(path);
    const read = content.ok ? readYaml(content.value, path) : fail([unreadable(path, content.failure)]);
    if (read.ok) tree = mergeMaps(tree, read.value);
    else problems = [...problems, ...read.failure];
  }
  return problems.length > 0 ? fail(problems) : ok(tree);
}

function configurationFiles({ files, env }: LoadOptions): readonly string[] {
  const variable = env[FILE_VARIABLE]?.trim() ?? '';
  return files.length > 0 || variable === '' ? files : [variable];
}

function unreadable(path: string, reason: string): Problem {
  return { path, problem: `the file ${reason}`, cure: 'a readable YAML file' };
}

function overridden(tree: TreeMap, overrides: readonly Override[]): TreeMap {
  return overrides.reduce((under, override) => mergeMaps(under, override.tree), tree);
}

function mergeMaps(under: TreeMap, over: Override['tree']): TreeMap {
  const merged = merge(under, over);
  return isTreeMap(merged) ? merged : under;
}

/** A problem with a value that no file holds says where the value comes from. */
function withSource(problem: Problem, overrides: readonly Override[]): Problem {
  const source = overrides.findLast(({ path }) => showPath(path) === problem.path);
  if (source === undefined) return problem;
  const list = problem.problem.endsWith('not a list') ? '; a list can only be given in a file' : '';
  return { ...problem, problem: `${problem.problem} (set by ${source.name}${list})` };
}

async function readCa(file: string | null, files: Files): Promise<Result<string | null, Problem>> {
  if (file === null) return ok(null);
  const content = await files.read(file);
  const problem = content.ok ? certificateProblem(content.value) : `the file ${content.failure}`;
  if (content.ok && problem === null) return content;
  const cure = 'the path of a readable PEM file with certificates';
  return fail({ path: 'sidecar.ca_file', problem: problem ?? '', cure });
}

function certificateProblem(pem: string): string | null {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) return 'the file holds no certificate';
  try {
    for (const block of blocks) new X509Certificate(block);
    return null;
  } catch {
    return 'the file holds a certificate that cannot be read';
  }
}
