/** Whether a promise settled within so many milliseconds; it goes on in any case. Rejects when the promise does. */
export async function within(remainingMs: number, pending: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, Math.max(0, remainingMs), false);
  });
  try {
    return await Promise.race([pending.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
