/** Methods that only tell, and answer nothing. */
type Told<T> = { readonly [Name in keyof T]: (...args: never[]) => void };

/**
 * The same methods, of which none throws: one that fails has told nothing, and `failed` gets its cause. What is told goes
 * on without whoever cannot be told (docs/decisions/0052).
 *
 * @param told an object whose methods do without `this`
 */
export function harmless<T extends Told<T>>(told: T, failed: (cause: unknown) => void): T {
  const guarded = Object.entries<(...args: never[]) => void>(told).map(([name, tell]) => [
    name,
    (...args: never[]): void => {
      try {
        tell(...args);
      } catch (cause) {
        tellOrNot(failed, cause);
      }
    },
  ]);
  return Object.fromEntries(guarded);
}

/** Where even that fails there is nobody left to tell. */
function tellOrNot(failed: (cause: unknown) => void, cause: unknown): void {
  try {
    failed(cause);
  } catch {
    // The verdict, which does not depend on it, is what matters.
  }
}
