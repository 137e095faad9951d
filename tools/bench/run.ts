import type { Context, Mode } from './context.js';
import type { Figure } from './figures.js';
import { judge, type Verdict } from './gates.js';
import { type PartName, type PartResult, partsOf } from './parts.js';

export interface Outcome extends PartResult {
  readonly verdicts: readonly Verdict[];
}

/**
 * Runs the parts of a mode, one after the other. A part whose gate regressed is measured once more, and the second
 * result counts: a busy neighbour rarely stays for both.
 */
export async function runParts(
  mode: Mode,
  only: readonly PartName[],
  context: Context,
  committed: readonly Figure[],
): Promise<Outcome> {
  const results: PartResult[] = [];
  for (const [name, part] of partsOf(mode, only)) {
    const first = await part(context);
    const again = regressions(first, committed);
    if (again.length > 0) context.progress(`${name}: ${again.join(', ')} regressed; measuring once more`);
    results.push(again.length > 0 ? await part(context) : first);
  }
  const figures = results.flatMap((result) => result.figures);
  const curves = results.flatMap((result) => result.curves);
  return { figures, curves, verdicts: judge(figures, committed) };
}

const regressions = ({ figures }: PartResult, committed: readonly Figure[]): readonly string[] =>
  judge(figures, committed)
    .filter(({ regressed }) => regressed)
    .map(({ gate }) => gate.figure);
