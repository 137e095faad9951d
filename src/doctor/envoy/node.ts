/** What an Envoy configuration holds, with the line of each value. Names of fields are in snake_case, however written. */
export type Node = { readonly line: number } & (
  | { readonly kind: 'map'; readonly entries: ReadonlyMap<string, Node> }
  | { readonly kind: 'list'; readonly items: readonly Node[] }
  | { readonly kind: 'scalar'; readonly value: string | number | boolean | null }
);

/** A field's name as protobuf files have it; protobuf JSON writes `failureModeAllow` as well. */
export function snakeCase(name: string): string {
  if (!/^[a-z][a-z0-9]*([A-Z][a-z0-9]*)+$/.test(name)) return name;
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
