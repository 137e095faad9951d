/** What this process holds once its garbage is collected, heap and buffers in bytes. Needs `--expose-gc`. */
export function heldBytes(): number {
  if (gc === undefined) throw new Error('needs --expose-gc');
  for (let pass = 0; pass < 3; pass++) gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
