import { type EChartsOption, init } from 'echarts';
import { accessibleSvg } from '../../../../tools/charts/accessible-svg.js';
import type { Soak } from '../run.js';
import type { Sample } from '../watch/sample.js';
import { percentile } from './percentile.js';

const [WIDTH, HEIGHT] = [960, 600];

/** The colours of a light page, and what they become on a dark one. The same as in the other pictures. */
const LIGHT = {
  paper: '#ffffff',
  text: '#1f2328',
  dim: '#57606a',
  rule: '#d0d7de',
  a: '#0969da',
  b: '#bc4c00',
};
const DARK = {
  paper: '#0d1117',
  text: '#e6edf3',
  dim: '#9aa4af',
  rule: '#30363d',
  a: '#58a6ff',
  b: '#f0883e',
};

type Points = readonly (readonly [seconds: number, value: number])[];

interface Line {
  readonly name: string;
  readonly points: Points;
}

/** One part of the picture: one line, or two to compare. */
interface Panel {
  readonly title: string;
  readonly lines: readonly [Line] | readonly [Line, Line];
}

/** Memory, handles, delays and latency over a run, as a picture for light and dark pages. */
export function pictureOf(soak: Soak): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height: HEIGHT });
  const panels = panelsOf(soak);
  chart.setOption(optionOf(panels, soak.seconds));
  const svg = chart.renderToSVGString();
  chart.dispose();
  return `${accessible(svg, panels, soak)}\n`;
}

function panelsOf({ samples, load }: Soak): readonly Panel[] {
  const of = (name: string, pick: (sample: Sample) => number): Line => ({
    name,
    points: samples.map((sample) => [sample.atSeconds, pick(sample)]),
  });
  const waits = (name: string, share: number): Line => ({
    name,
    points: load.ledger.latencies.map((second, at) => [at + 0.5, percentile(second, share) ?? 0]),
  });
  return [
    {
      title: 'Memory, in MB',
      lines: [of('resident', ({ rssMb }) => rssMb), of('heap in use', ({ heapMb }) => heapMb)],
    },
    {
      title: 'Handles',
      lines: [of('file descriptors', (sample) => sample.descriptors), of('timers', ({ timers }) => timers)],
    },
    { title: 'Latency of ordinary requests, in ms', lines: [waits('p99', 0.99), waits('p50', 0.5)] },
    {
      title: 'Longest delay of the event loop, in ms',
      lines: [of('since the look before', ({ longestDelayMs }) => longestDelayMs)],
    },
  ];
}

function optionOf(panels: readonly Panel[], seconds: number): EChartsOption {
  const places = panels.map((_, index) => placeOf(index));
  return {
    animation: false,
    backgroundColor: LIGHT.paper,
    textStyle: { fontFamily: "Helvetica, Arial, 'DejaVu Sans', sans-serif", color: LIGHT.text },
    title: panels.flatMap((panel, index) => headings(panel, placeOf(index))),
    grid: places,
    xAxis: panels.map((_, gridIndex) => ({
      gridIndex,
      type: 'value' as const,
      ...{ min: 0, max: Math.ceil(seconds), name: 'seconds', nameLocation: 'middle' as const, nameGap: 26 },
      nameTextStyle: { color: LIGHT.dim, fontSize: 12 },
      axisLabel: { color: LIGHT.dim, fontSize: 12 },
      axisLine: { lineStyle: { color: LIGHT.dim } },
      axisTick: { show: false },
      splitLine: { show: false },
    })),
    yAxis: panels.map((_, gridIndex) => ({
      gridIndex,
      type: 'value' as const,
      min: 0,
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { color: LIGHT.dim, fontSize: 12 },
      splitLine: { lineStyle: { color: LIGHT.rule } },
    })),
    series: panels.flatMap(({ lines }, at) =>
      lines.map(({ points }, which) => seriesOf(points, at, colour(which))),
    ),
  };
}

const colour = (which: number): string => (which === 0 ? LIGHT.a : LIGHT.b);

function placeOf(index: number) {
  const [width, height] = [WIDTH / 2, HEIGHT / 2];
  return {
    left: (index % 2) * width + 56,
    top: Math.floor(index / 2) * height + 72,
    width: width - 88,
    height: height - 128,
  };
}

/** The title of a panel, and below it what its lines are, each in the colour of its line. */
function headings({ title, lines }: Panel, { left, top }: ReturnType<typeof placeOf>) {
  const names = lines.map(({ name }, which) => ({
    text: name,
    ...{ left: left - 44 + which * 150, top: top - 40 },
    textStyle: { fontSize: 12, fontWeight: 'bold' as const, color: colour(which) },
  }));
  return [
    { text: title, left: left - 44, top: top - 62, textStyle: { fontSize: 14, color: LIGHT.text } },
    ...names,
  ];
}

const seriesOf = (points: Points, index: number, color: string) => ({
  type: 'line' as const,
  ...{ xAxisIndex: index, yAxisIndex: index, silent: true, symbol: 'none' },
  lineStyle: { color, width: 2 },
  itemStyle: { color },
  data: points.map(([seconds, value]) => [Number(seconds.toFixed(1)), Number(value.toFixed(1))]),
});

function accessible(svg: string, panels: readonly Panel[], { load, seconds }: Soak): string {
  const shown = panels.map(({ title, lines }) => `${title}: ${lines.map(({ name }) => name).join(' and ')}`);
  const title = `The sidecar under ${Math.round(load.perSecond)} mixed requests a second for ${Math.round(seconds)} seconds`;
  return accessibleSvg(svg, {
    ...{ name: 'soak', title, description: `${shown.join('. ')}.` },
    ...{ light: LIGHT, dark: DARK },
  });
}
