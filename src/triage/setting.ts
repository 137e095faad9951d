/** What stands at a path of the configuration; undefined when nothing does. */
export function at(configuration: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (under, name) => entries(under).find(([key]) => key === name)?.[1],
    configuration,
  );
}

export const entries = (value: unknown): readonly [string, unknown][] =>
  typeof value === 'object' && value !== null ? Object.entries(value) : [];
