import * as common from '@grafana/grafana-foundation-sdk/common';
import {
  type DataSourceRef,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  StackingMode,
  TooltipDisplayMode,
} from '@grafana/grafana-foundation-sdk/common';
import * as grafana from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { linkTo, type Section } from '../../src/triage/symptom.js';
import { SYMPTOMS } from '../../src/triage/symptoms.js';
import type { Panel } from './panel.js';
import { FIRST_PANELS } from './panels/first.js';
import { PANELS } from './panels/index.js';

/** Chosen at the top of the dashboard. */
const SOURCE: DataSourceRef = { type: 'prometheus', uid: '$datasource' };
const FIRST: Section = { page: 'docs/runbook.md', title: 'The first five minutes' };

/** A section of the runbook, and the panels that belong to it. */
export interface Row {
  readonly section: Section;
  readonly panels: readonly Panel[];
}

/** Every row, in the order of the runbook. */
export const ROWS: readonly Row[] = [
  { section: FIRST, panels: FIRST_PANELS },
  ...SYMPTOMS.map(({ id, section }) => ({ section, panels: PANELS[id] })),
];

/** The dashboard as Grafana reads it from a file. */
export function dashboard(): grafana.Dashboard {
  const builder = new grafana.DashboardBuilder('aviso-ecpds-authz')
    .uid('aviso-ecpds-authz')
    .description('In the order of docs/runbook.md. Written by tools/grafana/ from src/triage/: do not edit.')
    .tags(['aviso', 'ecpds'])
    .time({ from: 'now-3h', to: 'now' })
    .refresh('30s')
    .timezone('utc')
    .tooltip(grafana.DashboardCursorSync.Crosshair)
    .withVariable(new grafana.DatasourceVariableBuilder('datasource').label('Prometheus').type('prometheus'))
    .withVariable(variable('job', 'label_values(aviso_authz_build_info, job)'))
    .withVariable(variable('instance', 'label_values(aviso_authz_build_info{job=~"$job"}, instance)'));
  for (const row of ROWS) {
    builder.withRow(new grafana.RowBuilder(row.section.title));
    for (const panel of row.panels) builder.withPanel(panelOf(panel, row));
  }
  return numbered(builder.build());
}

/** Everything is chosen until somebody chooses. */
const variable = (name: string, query: string): grafana.QueryVariableBuilder =>
  new grafana.QueryVariableBuilder(name)
    .query(query)
    .definition(query)
    .datasource(SOURCE)
    .refresh(grafana.VariableRefresh.OnTimeRangeChanged)
    .sort(grafana.VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ selected: true, text: 'All', value: '$__all' });

/** Of Grafana's 24 columns: two, three or four panels side by side. */
const widthIn = (panels: number): number => (panels <= 2 ? 12 : panels % 3 === 0 ? 8 : 6);

function panelOf(panel: Panel, { section, panels }: Row): PanelBuilder {
  const builder = new PanelBuilder()
    .title(panel.title)
    .description(`${section.title} (${linkTo(section)}). ${panel.says}`)
    .datasource(SOURCE)
    .height(7)
    .span(widthIn(panels.length))
    .unit(panel.unit)
    .min(0)
    .lineWidth(1)
    .fillOpacity(panel.stacked === true ? 60 : 10)
    .legend(
      new common.VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom),
    )
    .tooltip(new common.VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi));
  if (panel.stacked === true) builder.stacking(new common.StackingConfigBuilder().mode(StackingMode.Normal));
  panel.queries.forEach(({ expr, legend }, index) => {
    const refId = String.fromCharCode('A'.charCodeAt(0) + index);
    builder.withTarget(
      new DataqueryBuilder().refId(refId).datasource(SOURCE).expr(expr).legendFormat(legend).range(),
    );
  });
  return limited(builder, panel);
}

/** Green and red, with a line between them, where there is a limit. */
function limited(builder: PanelBuilder, { redFrom, redBelow }: Panel): PanelBuilder {
  const limit = redFrom ?? redBelow;
  if (limit === undefined) return builder;
  const [below, from] = redFrom === undefined ? ['red', 'green'] : ['green', 'red'];
  return builder
    .thresholds(
      new grafana.ThresholdsConfigBuilder().mode(grafana.ThresholdsMode.Absolute).steps([
        { value: null, color: below },
        { value: limit, color: from },
      ]),
    )
    .thresholdsStyle(
      new common.GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.DashedAndArea),
    );
}

/** Each panel with a number of its own, by which links to it are made. */
function numbered(built: grafana.Dashboard): grafana.Dashboard {
  const panels = built.panels?.map((panel, index) => ({ ...panel, id: index + 1 })) ?? [];
  return { ...built, panels };
}
