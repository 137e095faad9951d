import type { Step } from '../triage/situation.js';
import { type Html, html } from './html.js';
import type { Hue } from './palette.js';
import { figure, sum } from './words.js';

/** One part of each bar. */
export interface Part {
  readonly label: string;
  readonly hue: Hue;
  readonly countIn: (step: Step) => number;
}

export interface Chart {
  readonly id: string;
  readonly title: string;
  /** From the ground up. */
  readonly parts: readonly Part[];
}

/** The time axis, in seconds: one unit of the picture is a second. */
export const SPAN = 900;
const HEIGHT = 120;
/** In seconds: sixty bars, since more are too thin to be told apart on a phone. */
const SHORTEST_BAR = SPAN / 60;

/** One bar: how many of each part in a minute, and where it stands. */
interface Bar {
  readonly from: number;
  readonly seconds: number;
  /** In the order of the parts. */
  readonly perMinute: readonly number[];
}

/**
 * Bars over the last fifteen minutes, stacked, as a picture that grows with the page. The scale is beside it as text,
 * so that it stays readable on a phone.
 */
export function chart({ id, title, parts }: Chart, history: readonly Step[], at: string): Html {
  const bars = barsOf(parts, history, at);
  const highest = Math.max(0, ...bars.map(({ perMinute }) => sum(perMinute)));
  const top = roundedUp(highest);
  const described = `Stacked bars. The highest stands for ${figure(highest)} a minute; the figures are in the table below.`;
  return html`<div class="scale"><span>${figure(top)} a minute</span></div>
<svg class="chart" viewBox="0 0 ${SPAN} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-labelledby="${id}-title ${id}-desc">
<title id="${id}-title">${title} over the last 15 minutes</title><desc id="${id}-desc">${described}</desc>
<path class="grid" d="M0 .5H${SPAN}M0 ${HEIGHT / 2}H${SPAN}M0 ${HEIGHT - 0.5}H${SPAN}"/>
${parts.map((part, index) => pathOf(part.hue, bars, index, top))}</svg>
<div class="scale"><span>15 min ago</span><span>now</span></div>`;
}

function barsOf(parts: readonly Part[], history: readonly Step[], at: string): Bar[] {
  const now = Date.parse(at);
  return together(history).flatMap((steps) => {
    const seconds = secondsOf(steps);
    const ended = SPAN - (now - Date.parse(steps.at(-1)?.at ?? at)) / 1000;
    const perMinute = parts.map(({ countIn }) => (sum(steps.map(countIn)) * 60) / Math.max(1, seconds));
    return ended > 0 && seconds > 0 ? [{ from: ended - seconds, seconds, perMinute }] : [];
  });
}

const secondsOf = (steps: readonly Step[]): number => sum(steps.map(({ seconds }) => seconds));

/**
 * The steps of each bar, oldest first. Counted from the end, where the step that is not over may be short: what
 * happened within a moment, taken for a minute, would be a tower.
 */
function together(history: readonly Step[]): Step[][] {
  const bars: Step[][] = [];
  let youngest: Step[] = [];
  for (const step of history.toReversed()) {
    youngest.unshift(step);
    if (secondsOf(youngest) < SHORTEST_BAR) continue;
    bars.unshift(youngest);
    youngest = [];
  }
  if (youngest.length > 0 && (bars.length === 0 || secondsOf(youngest) * 2 >= SHORTEST_BAR))
    bars.unshift(youngest);
  else bars[0]?.unshift(...youngest);
  return bars;
}

/** All of one part as one path: a rectangle for each bar that has some of it. */
function pathOf(hue: Hue, bars: readonly Bar[], index: number, top: number): Html | null {
  const rectangles = bars.map(({ from, seconds, perMinute }) => {
    const below = heightOf(sum(perMinute.slice(0, index)), top);
    const upTo = heightOf(sum(perMinute.slice(0, index + 1)), top);
    if ((perMinute[index] ?? 0) <= 0) return '';
    const left = Math.max(0, Math.round(from));
    const width = Math.max(1, Math.round(from + seconds) - left - 2);
    // What is there is seen, however little it is.
    const height = Math.max(1, upTo - below);
    return `M${left} ${HEIGHT - below}v-${height}h${width}v${height}z`;
  });
  const path = rectangles.join('');
  return path === '' ? null : html`<path class="${hue}" d="${path}"/>\n`;
}

const heightOf = (value: number, top: number): number => Math.round((value / top) * HEIGHT);

/** The next number that a scale can end at, of few digits and with a half. */
function roundedUp(value: number): number {
  if (value <= 1) return 1;
  const magnitude = 10 ** Math.floor(Math.log10(value));
  return ([1, 1.2, 1.6, 2, 3, 4, 6, 8, 10].find((step) => step * magnitude >= value) ?? 10) * magnitude;
}
