import { type Context, type Failure, MAX_FAILURES, type Outcome, type Part } from './part.js';
import type { PartResult } from './results.js';

/** Runs a part; whatever it throws, and whatever nobody caught meanwhile, is a failure of it. */
export async function runPart(part: Part, context: Context): Promise<PartResult> {
  const startedAt = performance.now();
  const uncaught: Failure[] = [];
  const note = (cause: unknown): void => void uncaught.push({ what: `nobody caught: ${textOf(cause)}` });
  process.on('uncaughtException', note).on('unhandledRejection', note);
  const outcome = await part.run(context).catch((cause: unknown) => failed(textOf(cause)));
  process.off('uncaughtException', note).off('unhandledRejection', note);
  return {
    name: part.name,
    promise: part.promise,
    seconds: Math.round((performance.now() - startedAt) / 100) / 10,
    outcome: { ...outcome, failures: [...outcome.failures, ...uncaught].slice(0, MAX_FAILURES) },
  };
}

/** The outcome of a part that could not be run. */
export const failed = (what: string): Outcome => ({
  cases: 0,
  allowed: 0,
  wrongAllows: 0,
  failures: [{ what: `the part itself failed: ${what}` }],
  figures: {},
  digest: null,
});

const textOf = (cause: unknown): string =>
  cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
