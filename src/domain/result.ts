/** The outcome of something that can fail, as a value. Exceptions are for bugs. */
export type Result<T, F> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: F };

export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });
export const fail = <F>(failure: F): { readonly ok: false; readonly failure: F } => ({ ok: false, failure });

/** Something that is often there at once: waiting for it then costs nothing. */
export type Awaitable<T> = T | Promise<T>;

/** For the `default` of a switch over a closed union: reached only when a member was forgotten. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
