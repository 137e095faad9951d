/**
 * A part of the configuration with whatever is wrong left out, so that the rules between settings can still be
 * checked: every problem is reported at once. Settings with a default are missing only when they are wrong.
 */
export type Draft<T> = T extends string | number | bigint | boolean | null | undefined
  ? T
  : T extends readonly (infer Item)[]
    ? readonly (Draft<Item> | undefined)[]
    : { readonly [Key in keyof T]?: Draft<T[Key]> };
