/** The longest that a timer of Node can be set to, in milliseconds; it takes anything longer for 1. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * The value, or `late` after so many milliseconds. What is waited for goes on, and what becomes of it later is nobody's.
 * Rejects when it does before.
 */
export async function inTime<T, L>(remainingMs: number, pending: Promise<T>, late: L): Promise<T | L> {
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<L>((resolve) => {
    timer = setTimeout(resolve, Math.min(Math.max(0, remainingMs), LONGEST_MS), late);
  });
  try {
    return await Promise.race([pending, passed]);
  } finally {
    clearTimeout(timer);
  }
}
