/** The series of one scrape: name with labels, as in `aviso_ecpds_fetch_total{outcome="success"}`, to value. */
export type Series = ReadonlyMap<string, number>;

export function readSeries(text: string): Series {
  return new Map(
    text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => {
        const space = line.lastIndexOf(' ');
        return [line.slice(0, space), Number(line.slice(space + 1))];
      }),
  );
}

/** @throws when there is no such series */
export function valueIn(series: Series, name: string): number {
  const value = series.get(name);
  if (value === undefined) throw new Error(`no series ${name}`);
  return value;
}

/** How many series of this program there are: their labels are closed sets. */
export const ownSeries = (series: Series): number =>
  [...series.keys()].filter((name) => name.startsWith('aviso_')).length;

/** The sum of all series with that name, whatever their labels. */
export const sumOf = (series: Series, name: string): number =>
  [...series].filter(([key]) => key.startsWith(`${name}{`)).reduce((sum, [, value]) => sum + value, 0);
