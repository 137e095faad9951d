import { DRILLS, type Drill, type DrillName } from '../../tools/drill/drill.js';
import { type Figures, figuresOf } from '../../tools/drill/figures.js';
import type { ProtectionsName } from '../../tools/drill/protections.js';
import type { DrillResult } from '../../tools/drill/report/table.js';
import { type History, runDrill } from '../../tools/drill/run.js';

export const drillNamed = (name: DrillName): Drill => {
  const drill = DRILLS.find((drill) => drill.name === name);
  if (drill === undefined) throw new Error(`no drill ${name}`);
  return drill;
};

/** Runs a drill as `npm run drill` does. */
export async function ran(
  name: DrillName,
  protections: ProtectionsName,
): Promise<{ drill: Drill; history: History; figures: Figures }> {
  const drill = drillNamed(name);
  const history = await runDrill({ drill, protections, seed: 1 });
  return { drill, history, figures: figuresOf(drill, protections, history) };
}

/** Figures of drills, each run once, and all that were asked for. */
export function drillBook() {
  const book = new Map<string, Figures>();
  return {
    async figuresOf(name: DrillName, protections: ProtectionsName): Promise<Figures> {
      const key = `${name}, ${protections}`;
      const figures = book.get(key) ?? (await ran(name, protections)).figures;
      book.set(key, figures);
      return figures;
    },
    runs: () => [...book.values()],
    results(): DrillResult[] {
      const names = [...new Set([...book.values()].map(({ drill }) => drill))];
      const runsOf = (name: string) => [...book.values()].filter(({ drill }) => drill === name);
      return names.map((name) => ({ drill: { name, story: '' }, runs: runsOf(name) }));
    },
  };
}
