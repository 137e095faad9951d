/** The identifier rules whose value may name a destination, as Aviso's schema spells them (contract section 2). */
export type MatchRule =
  | { readonly type: 'StringHandler'; readonly max_length: number | null }
  | { readonly type: 'EnumHandler'; readonly values: readonly string[] }
  | { readonly type: 'IntHandler'; readonly range: readonly [bigint, bigint] | null };
