import { spawnSync } from 'node:child_process';
import t from 'tap';
import { USAGE as BENCH } from '../../tools/bench/options.js';
import { USAGE as DRILL } from '../../tools/drill/options.js';
import { USAGE as TORTURE } from '../torture/options.js';
import { blocks, inlineCode, page, pages, ROOT } from './pages.js';

const COMMANDS = ['serve', 'validate', 'check', 'keys', 'doctor', 'explain', 'diagnose', 'demo'];

function help(...args: readonly string[]): string {
  const main = `${ROOT}dist/src/main.js`;
  return spawnSync(process.execPath, [main, ...args, '--help'], { encoding: 'utf8' }).stdout;
}

const flagsIn = (text: string): string[] =>
  [...text.matchAll(/(?<![\w-])--[a-z][a-z-]*/g)].map(([flag]) => flag);

const HELP = help();
const HELPS = new Map(COMMANDS.map((command) => [command, help(command)]));
const FLAGS = new Map([...HELPS].map(([command, text]) => [command, flagsIn(text)]));

/** Lines of shell, continued ones joined, and what stands in backticks. */
function commandLines(): { path: string; line: string }[] {
  return pages().flatMap((of) => {
    const shell = blocks(of).filter(({ language }) => language === 'sh');
    const lines = shell.flatMap(({ text }) => text.replace(/\\\n\s*/g, ' ').split('\n'));
    return [...lines, ...inlineCode(of)].map((line) => ({ path: of.path, line }));
  });
}

const OURS =
  /(?:aviso-ecpds-authz|dist\/src\/main\.js|npm run demo --) +(serve|validate|check|keys|doctor|explain|diagnose|demo|)\b(.*)/;

t.test('every option shown with a command of ours is in its --help', async (t) => {
  let shown = 0;
  for (const { path, line } of commandLines()) {
    const [, command = '', rest = ''] = OURS.exec(line) ?? [];
    const known = FLAGS.get(command === '' ? 'demo' : command) ?? [];
    for (const flag of flagsIn(rest)) {
      shown += 1;
      t.ok(known.includes(flag), `${path}: ${line}`);
    }
  }
  t.ok(shown > 10, `${shown} options were looked at`);
});

for (const [script, usage, atLeast] of [
  ['bench', BENCH, 5],
  ['drill', DRILL, 3],
  ['torture', TORTURE, 2],
] as const) {
  t.test(`every option shown with npm run ${script} is in its usage`, async (t) => {
    const lines = commandLines().filter(({ line }) => line.includes(`npm run ${script}`));
    for (const { path, line } of lines) {
      for (const flag of flagsIn(line.replace('--', '')).filter((flag) => flag !== '--silent'))
        t.ok(flagsIn(usage).includes(flag), `${path}: ${line}`);
    }
    t.ok(lines.length >= atLeast);
  });
}

/** Options of other programs. */
const FOREIGN = new Set([
  '--read-only',
  '--unix-socket',
  '--ignore-scripts',
  '--features',
  '--omit',
  '--silent',
  '--check',
  '--mode',
  '--expose-gc',
  '--optimize-for-size',
  '--heap-growing-percent',
  '--isolation',
  '--no-git-tag-version',
  '--build-arg',
  '--inspect',
]);

t.test('every option named in a sentence is one of ours, or of a program that is named', async (t) => {
  const ours = new Set([
    ...[...FLAGS.values()].flat(),
    ...flagsIn(BENCH),
    ...flagsIn(DRILL),
    ...flagsIn(TORTURE),
  ]);
  for (const of of pages()) {
    for (const flag of inlineCode(of).flatMap(flagsIn)) {
      t.ok(ours.has(flag) || FOREIGN.has(flag), `${of.path}: ${flag}`);
    }
  }
});

t.test('the README shows every command', async (t) => {
  const { text } = page('README.md');
  const listed = COMMANDS.filter((command) => new RegExp(`^ {2}${command} `, 'm').test(HELP));
  t.strictSame(listed, COMMANDS, 'these are all commands');
  for (const command of ['serve', 'validate', 'check', 'keys', 'doctor', 'explain', 'diagnose'])
    t.match(text, new RegExp(`aviso-ecpds-authz ${command}[ \`]`));
  t.match(text, 'npm ci && npm run demo');
  t.match(text, 'npm ci && npm test');
});

t.test('every npm script that is named exists', async (t) => {
  const { scripts }: { scripts: Record<string, string> } = JSON.parse(page('package.json').text);
  for (const of of pages()) {
    for (const [, script = ''] of of.text.matchAll(/npm run (?:--silent )?([a-z]+)/g)) {
      t.ok(script in scripts, `${of.path}: npm run ${script}`);
    }
  }
});

t.test('exit codes that are promised are those of the help', async (t) => {
  t.match(HELPS.get('check')?.replace(/\s+/g, ' '), /exit 0 allow, 1 deny, 3 unavailable/);
  t.match(page('docs/runbook.md').text, /code 0 is allow, 1 deny, 3 unavailable/);
  t.match(HELPS.get('explain')?.replace(/\s+/g, ' '), /exit 0 allow, 1 deny, 3 unavailable/);
  t.match(HELPS.get('keys')?.replace(/\s+/g, ' '), /exit 0 all usable, 3 not all/);
  t.match(HELPS.get('diagnose')?.replace(/\s+/g, ' '), /exit 0 healthy, 1 trouble, 3 no answer/);
  t.match(page('docs/runbook.md').text, /Exit code 0 is healthy, 1 trouble, 3 no answer/);
  t.match(page('docs/key-outages.md').text, /Exit code 0: all are usable; 3: not all/);
  t.match(HELPS.get('doctor')?.replace(/\s+/g, ' '), /exit 0 nothing, 1 something, 2 cannot tell/);
  t.match(page('docs/doctor.md').text, /^\| 0 \|.*\n\| 1 \|.*\n\| 2 \|/m);
});
