import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import ts from 'typescript';
import { ROOT } from '../../docs/pages.js';
import { PARTS, partOf } from '../parts.js';
import { MUTANTS } from './list.js';

const COMPILER = { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext, allowJs: true };

function syntaxErrors(text: string): unknown[] {
  const options = { compilerOptions: COMPILER, fileName: 'a.js', reportDiagnostics: true };
  return (ts.transpileModule(text, options).diagnostics ?? []).map(({ messageText }) => messageText);
}

t.test('every broken program can be made: what it breaks is there, once, and is changed', async (t) => {
  for (const { name, file, find, replace } of MUTANTS) {
    const text = readFileSync(join(ROOT, 'dist', file), 'utf8');
    t.equal(text.split(find).length - 1, 1, `${name}: ${find} in ${file}`);
    t.not(find, replace, name);
    t.same(syntaxErrors(text.replace(find, () => replace)), [], `${name} is a program`);
  }
});

t.test('every part is shown broken programs, and every one is meant for a part', async (t) => {
  for (const { name, caughtBy } of MUTANTS) t.ok(partOf(caughtBy), `${name}: ${caughtBy}`);
  for (const { name } of PARTS) t.ok(MUTANTS.filter(({ caughtBy }) => caughtBy === name).length >= 5, name);
});

t.test('no two are alike', async (t) => {
  const names = MUTANTS.map(({ name, caughtBy }) => `${caughtBy}: ${name}`);
  t.equal(new Set(names).size, names.length);
});
