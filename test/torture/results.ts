import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../docs/pages.js';
import { isGood, type Outcome, type Size } from './part.js';
import type { Leak } from './secrets/watch.js';

export interface PartResult {
  readonly name: string;
  readonly promise: string;
  /** How long it took, in seconds. */
  readonly seconds: number;
  readonly outcome: Outcome;
}

/** What was looked through for secrets, and what was found. */
export interface SecretsResult {
  /** Bytes by where they came from. */
  readonly looked: Readonly<Record<string, number>>;
  readonly known: { readonly texts: number; readonly tokens: number };
  readonly leaks: readonly Leak[];
}

/** What one run found: `test/torture/results.json`, when it was accepted. */
export interface TortureResults {
  /** How to repeat it. */
  readonly command: string;
  /** The day, as in 2026-11-24. */
  readonly date: string;
  readonly seed: number;
  readonly size: Size;
  readonly machine: { readonly cores: number; readonly node: string };
  readonly parts: readonly PartResult[];
  readonly secrets: SecretsResult;
}

/** Whether every promise was kept. */
export const isPassed = ({ parts, secrets }: TortureResults): boolean =>
  parts.every(({ outcome }) => isGood(outcome)) && secrets.leaks.length === 0;

/** The results as JSON, without pictures: those are files of their own. */
export const resultsJson = (results: TortureResults): string =>
  JSON.stringify(results, (name, value) => (name === 'picture' ? undefined : value), 2);

/** Writes the pictures of a run into `docs/`. */
export function writePictures({ parts }: TortureResults): void {
  for (const { outcome } of parts) {
    if (outcome.picture !== undefined)
      writeFileSync(join(ROOT, 'docs', outcome.picture.file), outcome.picture.svg);
  }
}
