import type { Problem } from './problem.js';

/** What is wrong and what would be right, by the parser's error codes and a few of our own. */
const ERRORS = new Map<string, readonly [problem: string, cure: string]>([
  ['BAD_ALIAS', ['an alias without an anchor before it', 'an alias that names an anchor further up']],
  ['BAD_DQ_ESCAPE', ['an unknown escape in double quotes', 'single quotes, or the escapes of YAML']],
  ['BAD_INDENT', ['the indentation does not fit, or a bracket is open', 'the keys of one map in one column']],
  ['BAD_SCALAR_START', ['a value starts with a reserved character', 'quotes around the value']],
  ['BLOCK_AS_IMPLICIT_KEY', ['a value where a key must be', 'one `key: value` in each line']],
  ['DUPLICATE_KEY', ['the key is given twice', 'each key once']],
  [
    'MISSING_CHAR',
    ['a colon, quote or bracket is missing', '`key: value`, and every quote and bracket closed'],
  ],
  ['MULTILINE_IMPLICIT_KEY', ['a key goes over several lines', 'one `key: value` in each line']],
  ['MULTIPLE_DOCS', ['there is more than one document', 'one document, without further `---`']],
  ['NON_STRING_KEY', ['a key is neither a text nor a number', 'a plain name as key']],
  ['NOT_A_MAP', ['the file does not hold a map', 'the blocks of the configuration, each under its name']],
  ['TAB_AS_INDENT', ['a tab is used for indentation', 'spaces']],
  ['TOO_DEEP', ['it is nested too deeply to be read', 'the blocks of the configuration']],
  ['TOO_LARGE', ['it holds too many values, aliases written out', 'fewer than 100,000 values']],
]);

const OTHER = ['this is not valid YAML', 'valid YAML 1.2'] as const;

/** A problem with the form of a file. It quotes nothing of the file. */
export function syntaxProblem(code: string, place: string): Problem {
  const [problem, cure] = ERRORS.get(code) ?? OTHER;
  return { path: place, problem, cure };
}
