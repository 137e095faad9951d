import type { Text } from './prose.js';
import type { CauseClass, SymptomId } from './symptom.js';

/** What is wrong now, in the order of the runbook, or that nothing is. */
export interface Diagnosis {
  readonly verdict: 'healthy' | 'trouble';
  /** One sentence for the top of a page. */
  readonly summary: Text;
  readonly findings: readonly Finding[];
  /** The figures by which a healthy process is known, each as a short sentence. */
  readonly figures: readonly string[];
}

/** One symptom that is there. */
export interface Finding {
  readonly symptom: SymptomId;
  /** The title of the runbook's section. */
  readonly title: string;
  /** Its page and anchor, as in `docs/runbook.md#500`. */
  readonly section: string;
  readonly cause: CauseClass;
  /** What is wrong, in a sentence: which server or provider, which dominant outcome, since when. */
  readonly wrong: Text;
  /** The figures that show it, each as a short sentence. */
  readonly evidence: readonly Text[];
  /** One user, a few, or many; null when it is not about users. */
  readonly users: 'one' | 'few' | 'many' | null;
  /** The next command to run. */
  readonly next: string;
}
