import { parse } from 'yaml';
import { type LoadedConfig, loadConfig } from '../../../src/config/load.js';
import type { Problem } from '../../../src/config/problem.js';
import { redactedSummary } from '../../../src/config/redact.js';
import type { Result } from '../../../src/domain/result.js';
import type { Context, Outcome, Part } from '../part.js';
import { type Chance, chanceOf } from '../upstream/chance.js';
import { shown, Tally } from '../upstream/tally.js';
import { baseTree, MATCH_KEYS, SECRETS } from './base.js';
import { BREAKING, type Change, HARMLESS, WILD } from './changes.js';
import { type Laid, layOut } from './files.js';
import { brokenInvariant, lessGuarded } from './invariants.js';
import { askOperators } from './operators.js';
import { BOMBS, MUTATIONS, written } from './texts.js';

const SIZES = { short: { files: 1000, bodies: 2000 }, long: { files: 11_000, bodies: 15_000 } };

/** The most that reading one configuration may take of a processor, in milliseconds. */
const PATIENCE_MS = 6000;

export const CONFIGURATION_PART: Part = {
  name: 'configuration',
  promise:
    'Whatever files, overlays and variables say, reading them ends soon with every problem named or a configuration that guards no stream less than is written, and shows no secret; and whatever operators post is read strictly.',
  isPure: true,
  run,
};

/** One case: what is read, and what is known of it. */
interface Case {
  readonly label: string;
  readonly laid: Laid;
  /** `right`: it must be taken. `wrong`: it must be refused. */
  readonly must: 'right' | 'wrong' | null;
  /** What it says, where that is known. */
  readonly tree: unknown;
}

async function run(context: Context): Promise<Outcome> {
  const { seed, size, secrets } = context;
  for (const [kind, value] of Object.entries(SECRETS)) secrets.secret(kind, value);
  const tally = new Tally();
  const chance = chanceOf(seed, 4_000_000);
  const { files, bodies } = SIZES[size];
  let longest = { ms: 0, label: '' };
  for (let index = 0; index < files + BOMBS.length && !tally.failed; index += 1) {
    const bomb = BOMBS[index - files];
    const made = bomb === undefined ? caseOf(chance) : fileOnly(bomb[0], bomb[1](), null);
    for (const [name, content] of made.laid.contents) tally.sends(name, content);
    for (const [name, value] of Object.entries(made.laid.env)) tally.sends(name, value);
    const before = process.cpuUsage();
    const loaded = await loadConfig({
      files: made.laid.files,
      env: made.laid.env,
      readFile: (path) => fileOf(made.laid, path),
    }).catch((cause: unknown) => cause);
    const ms = process.cpuUsage(before).user / 1000;
    if (ms > longest.ms) longest = { ms, label: made.label };
    judge({ tally, context, made, repeat: `seed ${seed}, file ${index}` }, loaded, ms);
  }
  await askOperators(context, tally, bodies);
  return tally.outcome({
    cases: tally.shares('case '),
    'longest reading': `${Math.round(longest.ms)} ms (${longest.label})`,
    'bodies of operators': tally.shares('body '),
  });
}

function fileOf({ contents }: Laid, path: string): string {
  const content = contents.get(path);
  if (content === undefined) throw Object.assign(new Error('gone'), { code: 'ENOENT' });
  return content;
}

function caseOf(chance: Chance): Case {
  const base: unknown = baseTree(chance.pick(MATCH_KEYS));
  const kind = chance.int(0, 9);
  if (kind < 3) return changed(chance, base, chance.some(HARMLESS, chance.int(0, 3)), 'right');
  if (kind < 6) {
    const breaking = chance.pick(BREAKING);
    const before = chance.some(HARMLESS, 2).filter(({ block }) => block !== breaking.block);
    return changed(chance, base, [...before, breaking], 'wrong');
  }
  if (kind < 8)
    return changed(
      chance,
      base,
      Array.from({ length: chance.int(1, 4) }, () => chance.pick(WILD)),
      null,
    );
  const text = Array.from({ length: chance.int(1, 3) }).reduce<string>(
    (before) => chance.pick(MUTATIONS)(before, chance),
    written(chance, base),
  );
  return fileOnly('text', text, parsed(text));
}

function changed(chance: Chance, base: unknown, changes: readonly Change[], must: Case['must']): Case {
  const tree = changes.reduce((before, change) => change.make(before, chance), base);
  return {
    label: changes.map(({ name }) => name).join(', ') || 'as it is',
    laid: layOut(chance, tree),
    must,
    tree,
  };
}

const fileOnly = (label: string, text: string, tree: unknown): Case => ({
  label,
  laid: { files: ['base.yaml'], env: {}, contents: new Map([['base.yaml', text]]) },
  must: null,
  tree,
});

/** What the library makes of a text by itself: another way than the one under test takes through it. */
function parsed(text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 50, logLevel: 'silent' });
  } catch {
    return null;
  }
}

interface Judging {
  readonly tally: Tally;
  readonly context: Context;
  readonly made: Case;
  readonly repeat: string;
}

function judge({ tally, context, made, repeat }: Judging, loaded: unknown, ms: number): void {
  const { label, must, tree, laid } = made;
  const fails = (what: string): void =>
    tally.fails(`${label}: ${what}; ${shown([...laid.contents.values()].at(-1))}`, repeat);
  tally.cases += 1;
  if (ms > PATIENCE_MS) fails(`reading took ${Math.round(ms)} ms`);
  if (!isResult(loaded)) return void fails(`threw ${String(loaded)}`);
  tally.saw(`case ${must ?? (label === 'text' ? 'text' : 'wild')} ${loaded.ok ? 'taken' : 'refused'}`);
  if (!loaded.ok) {
    sound(loaded.failure, context, fails);
    if (loaded.failure.length === 0) fails('refused without a reason');
    if (must === 'right') fails(`refused: ${JSON.stringify(loaded.failure[0])}`);
    return;
  }
  const { config, warnings } = loaded.value;
  tally.allowed += 1;
  sound(warnings, context, fails);
  context.secrets.saw('configuration as it is shown', JSON.stringify(redactedSummary(config)));
  if (must === 'wrong') tally.allowsWrongly(`${label} was taken`, repeat);
  const broken = brokenInvariant(config);
  if (broken !== null) fails(broken);
  const open = tree === null ? null : lessGuarded(config, tree);
  if (open !== null) tally.allowsWrongly(`${label}: ${open}`, repeat);
}

const isResult = (loaded: unknown): loaded is Result<LoadedConfig, Problem[]> =>
  typeof loaded === 'object' && loaded !== null && 'ok' in loaded;

function sound(problems: readonly Problem[], { secrets }: Context, fails: (what: string) => void): void {
  const isSaid = (text: unknown): boolean => typeof text === 'string' && text !== '';
  const mute = problems.find(({ path, problem, cure }) => ![path, problem, cure].every(isSaid));
  if (mute !== undefined) fails(`a problem says nothing: ${JSON.stringify(mute)}`);
  const shownFew = problems.slice(0, 1000).map(({ path, problem, cure }) => `${path}: ${problem}; ${cure}`);
  secrets.saw('problems of a configuration', shownFew.join('\n'));
}
