import { type EChartsOption, init } from 'echarts';
import { accessibleSvg } from '../../charts/accessible-svg.js';
import type { Curve, Point } from '../growth.js';

const [WIDTH, HEIGHT] = [900, 560];

/** The colours of a light page; what they become on a dark one. The same as in the other pictures. */
const LIGHT = { paper: '#ffffff', text: '#1f2328', dim: '#57606a', rule: '#d0d7de', line: '#0969da' };
const DARK = { paper: '#0d1117', text: '#e6edf3', dim: '#9aa4af', rule: '#30363d', line: '#58a6ff' };

/** What is drawn for each axis: one row of the picture. */
interface Row {
  readonly name: string;
  readonly pick: (point: Point) => number;
  readonly format: (value: number) => string;
  /** Of the value axis: throughput starts at nothing, memory spans magnitudes. */
  readonly scale: 'value' | 'log';
}

const ROWS: readonly Row[] = [
  {
    name: 'requests/s, as a share of the bare route',
    pick: ({ throughput }) => throughput,
    format: (value) => value.toFixed(2),
    scale: 'value',
  },
  {
    name: 'live data, MB',
    pick: ({ memoryMb }) => Math.max(memoryMb, SMALLEST_MB),
    format: (value) => (value < 10 ? value.toFixed(1) : value.toFixed(0)),
    scale: 'log',
  },
];
/** Less than this is nothing, and a logarithm of nothing there is none. */
const SMALLEST_MB = 0.1;

/** The growth curves as a picture for light and dark pages: a column for each axis, a row for each cost. */
export function chartOf(curves: readonly Curve[]): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height: HEIGHT });
  chart.setOption(optionOf(curves));
  const svg = chart.renderToSVGString();
  chart.dispose();
  return `${accessible(svg, curves)}\n`;
}

function optionOf(curves: readonly Curve[]): EChartsOption {
  const panels = curves.flatMap((curve, column) =>
    ROWS.map((row, index) => ({ curve, row, place: placeOf(column, index, curves.length) })),
  );
  return {
    animation: false,
    backgroundColor: LIGHT.paper,
    textStyle: { fontFamily: "Helvetica, Arial, 'DejaVu Sans', sans-serif", color: LIGHT.text },
    title: panels.map(({ row, place }) => ({
      text: row.name,
      ...{ left: place.left - 44, top: place.top - 38 },
      textStyle: { fontSize: 13, color: LIGHT.text },
    })),
    grid: panels.map(({ place }) => place),
    xAxis: panels.map(({ curve }, gridIndex) => xAxis(curve, gridIndex)),
    yAxis: panels.map(({ row }, gridIndex) => yAxis(row, gridIndex)),
    series: panels.map(({ curve, row }, index) => line(curve, row, index)),
  };
}

function placeOf(column: number, row: number, columnsInAll: number) {
  const [width, height] = [WIDTH / columnsInAll, HEIGHT / ROWS.length];
  return { left: column * width + 64, top: row * height + 52, width: width - 100, height: height - 112 };
}

/** The points are powers of ten, so equal steps are a logarithmic axis. */
const xAxis = ({ axis, points }: Curve, gridIndex: number) => ({
  gridIndex,
  type: 'category' as const,
  data: points.map(({ x }) => x.toLocaleString('en')),
  name: axis,
  nameLocation: 'middle' as const,
  nameGap: 28,
  nameTextStyle: { color: LIGHT.dim, fontSize: 12 },
  axisLabel: { color: LIGHT.dim, fontSize: 12 },
  axisLine: { lineStyle: { color: LIGHT.dim } },
  axisTick: { show: false },
});

const yAxis = ({ scale }: Row, gridIndex: number) => ({
  gridIndex,
  type: scale,
  ...(scale === 'value' ? { min: 0, max: ({ max }: { max: number }) => Math.max(1, max) } : {}),
  axisLabel: { color: LIGHT.dim, fontSize: 12 },
  splitLine: { lineStyle: { color: LIGHT.rule } },
});

const line = ({ points }: Curve, { pick, format }: Row, index: number) => ({
  type: 'line' as const,
  xAxisIndex: index,
  yAxisIndex: index,
  silent: true,
  clip: false,
  symbol: 'circle',
  symbolSize: 7,
  lineStyle: { color: LIGHT.line, width: 2 },
  itemStyle: { color: LIGHT.line },
  label: {
    show: true,
    position: 'top' as const,
    color: LIGHT.text,
    fontSize: 12,
    formatter: ({ dataIndex }: { dataIndex: number }) => format(points.map(pick)[dataIndex] ?? 0),
  },
  data: points.map(pick),
});

function accessible(svg: string, curves: readonly Curve[]): string {
  const words = curves.map(({ axis, points }) => `${axis}: ${points.map(({ x }) => x).join(', ')}`);
  const description = `Throughput as a share of the bare route, and live data in MB, by ${words.join('; by ')}.`;
  return accessibleSvg(svg, {
    ...{ name: 'growth', title: 'How throughput and memory grow', description },
    ...{ light: LIGHT, dark: DARK },
  });
}
