/** The colours of a page on one ground, as `#rrggbb`. */
export interface Palette {
  readonly paper: string;
  readonly surface: string;
  readonly rule: string;
  readonly text: string;
  readonly dim: string;
  readonly ok: string;
  readonly 'ok-ground': string;
  readonly bad: string;
  readonly 'bad-ground': string;
  readonly green: string;
  readonly blue: string;
  readonly amber: string;
  readonly orange: string;
  readonly red: string;
  readonly purple: string;
  readonly pink: string;
}

/** What parts of a chart are filled with: each is told from the paper by at least 3:1 (WCAG 1.4.11). */
export const HUES = ['green', 'blue', 'amber', 'orange', 'red', 'purple', 'pink'] as const;
export type Hue = (typeof HUES)[number];

export const LIGHT: Palette = {
  paper: '#ffffff',
  surface: '#f6f8fa',
  rule: '#d0d7de',
  text: '#1f2328',
  dim: '#57606a',
  ok: '#116329',
  'ok-ground': '#dafbe1',
  bad: '#a40e26',
  'bad-ground': '#ffebe9',
  green: '#2da44e',
  blue: '#0969da',
  amber: '#b08800',
  orange: '#bc4c00',
  red: '#cf222e',
  purple: '#8250df',
  pink: '#bf3989',
};

export const DARK: Palette = {
  paper: '#0d1117',
  surface: '#161b22',
  rule: '#30363d',
  text: '#e6edf3',
  dim: '#9aa4af',
  ok: '#56d364',
  'ok-ground': '#0f2a1a',
  bad: '#ff938a',
  'bad-ground': '#35151a',
  green: '#2ea043',
  blue: '#58a6ff',
  amber: '#d29922',
  orange: '#f0883e',
  red: '#ff6a61',
  purple: '#bc8cff',
  pink: '#f778ba',
};
