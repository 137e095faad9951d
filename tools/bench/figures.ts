import { ratios, type Spread, spreadOf } from './stats.js';

export type Unit = 'ratio' | 'requests/s' | 'ms' | 'MB' | 'KB';

/** One line of the table. */
export interface Figure extends Spread {
  /** Part and name, as in `direct.ratio`. */
  readonly id: string;
  readonly label: string;
  readonly unit: Unit;
}

type Named = Pick<Figure, 'id' | 'label'>;

export const figure = (named: Named, unit: Unit, values: readonly number[]): Figure => ({
  ...named,
  unit,
  ...spreadOf(values),
});

/** The median of the rounds' ratios. */
export const ratioFigure = (named: Named, subject: readonly number[], reference: readonly number[]): Figure =>
  figure(named, 'ratio', ratios(subject, reference));
