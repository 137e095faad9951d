import { type EChartsOption, init } from 'echarts';
import { accessibleSvg } from '../../charts/accessible-svg.js';
import { TTL_MS } from '../drill.js';
import type { Figures } from '../figures.js';
import type { ProtectionsName } from '../protections.js';
import type { Timeline } from '../timeline.js';
import type { DrillResult } from './table.js';

const [WIDTH, HEIGHT] = [960, 640];

/** The colours of a light page, and what they become on a dark one. The same as in the other pictures. */
const LIGHT = {
  paper: '#ffffff',
  text: '#1f2328',
  dim: '#57606a',
  rule: '#d0d7de',
  with: '#0969da',
  without: '#bc4c00',
  outage: '#eaeef2',
};
const DARK: Record<keyof typeof LIGHT, string> = {
  paper: '#0d1117',
  text: '#e6edf3',
  dim: '#9aa4af',
  rule: '#30363d',
  with: '#58a6ff',
  without: '#f0883e',
  outage: '#1c2129',
};

/** One part of the picture: what a protection changes in one drill. */
interface Panel {
  readonly drill: string;
  readonly title: string;
  readonly pick: (timeline: Timeline) => readonly number[];
  readonly with: ProtectionsName;
  readonly without: ProtectionsName;
  /** Milliseconds of the drill that are shown, and what becomes zero on the axis. */
  readonly shown: { readonly fromMs: number; readonly untilMs: number; readonly zeroMs: number };
  /** Grey: when the server was away. In seconds of the axis. */
  readonly outage: readonly [number, number] | null;
  readonly axis: string;
}

const seconds = (values: readonly number[]): readonly number[] => values.map((ms) => ms / 1000);

const PANELS: readonly Panel[] = [
  {
    drill: 'hanging',
    title: 'A server hangs: longest wait for a 503, in seconds',
    pick: ({ unavailableWait }) => seconds(unavailableWait),
    with: 'circuit_breaker',
    without: 'default',
    shown: { fromMs: 300_000, untilMs: 760_000, zeroMs: 360_000 },
    outage: [0, 300],
    axis: 'seconds since it hangs; grey: as long as it does',
  },
  {
    drill: 'steady',
    title: 'Nothing is wrong: requests that wait for ECPDS',
    pick: ({ waitedForList }) => waitedForList,
    with: 'refresh_ahead',
    without: 'default',
    shown: { fromMs: 300_000, untilMs: 900_000, zeroMs: 300_000 },
    outage: null,
    axis: 'seconds, in steps of 10; every list is cached at 0',
  },
  {
    drill: 'storm',
    title: '5,000 users after a restart: calls to a server at once',
    pick: ({ inFlight }) => inFlight,
    with: 'default',
    without: 'no caps',
    shown: { fromMs: 0, untilMs: 12_000, zeroMs: 0 },
    outage: null,
    axis: 'seconds since the restart',
  },
  {
    drill: 'revocation',
    title: '200 rights are revoked: users who can still open a stream',
    pick: ({ stillUsing }) => stillUsing,
    with: 'refresh_ahead',
    without: 'default',
    shown: { fromMs: 400_000, untilMs: 400_000 + TTL_MS + 40_000, zeroMs: 400_000 },
    outage: null,
    axis: 'seconds since the revocation',
  },
];

/** The drills that the picture shows. */
export const DRAWN: ReadonlySet<string> = new Set(PANELS.map(({ drill }) => drill));

/** What the protections change, as a picture for light and dark pages. @throws without the drills that it shows */
export function chartOf(results: readonly DrillResult[]): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height: HEIGHT });
  chart.setOption(optionOf(results));
  const svg = chart.renderToSVGString();
  chart.dispose();
  return `${accessible(svg)}\n`;
}

const nameOf = (name: ProtectionsName): string => (name === 'default' ? 'max_concurrent_fetches: 64' : name);

function optionOf(results: readonly DrillResult[]): EChartsOption {
  const places = PANELS.map((_, index) => placeOf(index));
  return {
    animation: false,
    backgroundColor: LIGHT.paper,
    textStyle: { fontFamily: "Helvetica, Arial, 'DejaVu Sans', sans-serif", color: LIGHT.text },
    title: PANELS.flatMap((panel, index) => headings(panel, places[index] ?? placeOf(index))),
    grid: places,
    xAxis: PANELS.map((panel, gridIndex) => xAxis(panel, gridIndex)),
    yAxis: PANELS.map((_, gridIndex) => ({
      gridIndex,
      type: 'value' as const,
      min: 0,
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { color: LIGHT.dim, fontSize: 12 },
      splitLine: { lineStyle: { color: LIGHT.rule } },
    })),
    series: PANELS.flatMap((panel, index) =>
      (['without', 'with'] as const).map((which) => line(panel, which, index, results)),
    ),
  };
}

function placeOf(index: number) {
  const [width, height] = [WIDTH / 2, HEIGHT / 2];
  return {
    left: (index % 2) * width + 52,
    top: Math.floor(index / 2) * height + 76,
    width: width - 84,
    height: height - 136,
  };
}

/** The title of a panel, and below it what its two lines are, each in the colour of its line. */
function headings(panel: Panel, { left, top }: ReturnType<typeof placeOf>) {
  const [without, withIt] = labelsOf(panel);
  const small = (text: string, at: number, color: string) => ({
    text,
    left: at,
    top: top - 42,
    textStyle: { fontSize: 12, fontWeight: 'bold' as const, color },
  });
  return [
    { text: panel.title, left: left - 40, top: top - 66, textStyle: { fontSize: 14, color: LIGHT.text } },
    small(without, left - 40, LIGHT.without),
    small(withIt, left + 130, LIGHT.with),
  ];
}

function labelsOf(panel: Panel): readonly [string, string] {
  if (panel.without === 'no caps') return ['without a cap', nameOf(panel.with)];
  return [`without ${panel.with}`, `with ${panel.with}`];
}

const xAxis = ({ axis, shown }: Panel, gridIndex: number) => ({
  gridIndex,
  type: 'value' as const,
  min: (shown.fromMs - shown.zeroMs) / 1000,
  max: (shown.untilMs - shown.zeroMs) / 1000,
  name: axis,
  nameLocation: 'middle' as const,
  nameGap: 28,
  nameTextStyle: { color: LIGHT.dim, fontSize: 12 },
  axisLabel: { color: LIGHT.dim, fontSize: 12 },
  axisLine: { lineStyle: { color: LIGHT.dim } },
  axisTick: { show: false },
  splitLine: { show: false },
});

function line(panel: Panel, which: 'with' | 'without', index: number, results: readonly DrillResult[]) {
  const { timeline } = runOf(results, panel.drill, panel[which]);
  const { fromMs, untilMs, zeroMs } = panel.shown;
  const points = panel
    .pick(timeline)
    .map((value, step): [number, number] => [step * timeline.stepMs, value])
    .filter(([at]) => at >= fromMs && at <= untilMs)
    .map(([at, value]) => [(at - zeroMs) / 1000, value]);
  return {
    type: 'line' as const,
    xAxisIndex: index,
    yAxisIndex: index,
    silent: true,
    symbol: 'none',
    step: 'end' as const,
    lineStyle: { color: LIGHT[which], width: 2 },
    itemStyle: { color: LIGHT[which] },
    data: points,
    ...(which === 'without' && panel.outage !== null ? { markArea: shade(panel.outage) } : {}),
  };
}

const shade = ([from, until]: readonly [number, number]) => ({
  silent: true,
  itemStyle: { color: LIGHT.outage },
  data: [[{ xAxis: from }, { xAxis: until }]] as [[{ xAxis: number }, { xAxis: number }]],
});

function runOf(results: readonly DrillResult[], name: string, protections: ProtectionsName): Figures {
  const runs = results.find(({ drill }) => drill.name === name)?.runs;
  const run = runs?.find((figures) => figures.protections === protections);
  if (run === undefined) throw new Error(`the picture needs the drill ${name}`);
  return run;
}

function accessible(svg: string): string {
  const words = PANELS.map((panel) => `${panel.title}; ${labelsOf(panel).join(' and ')}`);
  const title = 'What the protections change while ECPDS is not well';
  return accessibleSvg(svg, {
    ...{ name: 'drill', title, description: `${words.join('. ')}.` },
    ...{ light: LIGHT, dark: DARK },
  });
}
