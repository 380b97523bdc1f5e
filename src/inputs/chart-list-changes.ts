import { join } from 'node:path';
import { exists } from '../core/files/exists.ts';
import type { Finding } from '../core/findings.ts';
import { joinWithLimit, toSingleLine, truncate } from '../core/text.ts';
import { redactLocation } from '../helm/charts/chart-location.ts';
import { type BaseCheckout, pathInCheckout, readCommitted } from '../resolve/diff/base-checkout.ts';
import type { ConfigDocument } from './config-document.ts';
import type { ConfigChart } from './config-schema.ts';
import type { Judgment } from './rule-files.ts';

/** Charts in one message. */
const shownCharts = 3;

/** Entries that the change adds or removes decide the values of charts that inputs name by a pattern. */
export function overrideChanges({ head, parsed }: Judgment<ConfigDocument>, displayPath: string): readonly Finding[] {
  const [own, base] = [namedCharts(head), namedCharts(parsed)];
  const added = own.filter((each) => !base.some(isSame(each)));
  const removed = base.filter((each) => !own.some(isSame(each)) && !added.some(({ chart }) => chart === each.chart));
  const [first] = added;
  return [
    ...(head === undefined || first === undefined
      ? []
      : [
          {
            ...notice,
            message: `This change sets values in ${displayPath} for ${listed(added)}; a chart that a pattern of the input charts matches was rendered with them.`,
            advice: 'Check that these values were set on purpose.',
            ...head.document.locationOf(['charts', head.config.charts?.indexOf(first) ?? 0]),
          },
        ]),
    ...(removed.length === 0
      ? []
      : [
          {
            ...notice,
            message: `This change removes values in ${displayPath} for ${listed(removed)}; a chart that a pattern of the input charts matches was rendered without them.`,
            advice: 'Check that these values were removed on purpose.',
            ...(head === undefined ? {} : { file: displayPath }),
          },
        ]),
  ];
}

export interface DefaultChartsContext {
  readonly base: BaseCheckout;
  readonly workFolder: string;
  readonly displayPath: string;
}

/** A change that names the first charts, or makes the folder of the run one, ends the check of those in charts/. */
export async function defaultChartChanges(
  { head, parsed }: Judgment<ConfigDocument>,
  { base, workFolder, displayPath }: DefaultChartsContext,
): Promise<readonly Finding[]> {
  if (namedCharts(parsed).length > 0) return [];
  const [first] = namedCharts(head);
  if (head !== undefined && first !== undefined) {
    return [
      {
        ...notice,
        message: `This change lists charts in ${displayPath} for the first time; other charts, which were checked without a list, were not checked.`,
        advice: 'Check that the list has all charts.',
        ...head.document.locationOf(['charts']),
      },
    ];
  }
  const [chart, folder] = [join(workFolder, 'Chart.yaml'), join(workFolder, 'charts')];
  if (!((await exists(chart)) && (await exists(folder)))) return [];
  const path = await pathInCheckout(base, chart);
  if (path === undefined || (await readCommitted(base, base.fork, path)) !== undefined) return [];
  return [
    {
      ...notice,
      message: 'This change makes the folder of the run a chart; those in charts/ were checked only as its subcharts.',
      advice: 'To check each of them, set the input charts to charts/*.',
      file: 'Chart.yaml',
    },
  ];
}

const notice = { code: 'policy-changed', severity: 'notice' } as const;

/** Not exclusions. */
function namedCharts(parsed: ConfigDocument | undefined): readonly ConfigChart[] {
  return (parsed?.config.charts ?? []).filter(({ chart }) => !chart.startsWith('!'));
}

const isSame =
  (one: ConfigChart) =>
  (other: ConfigChart): boolean =>
    JSON.stringify(one) === JSON.stringify(other);

function listed(charts: readonly ConfigChart[]): string {
  return joinWithLimit(
    charts.map(({ chart }) => truncate(toSingleLine(redactLocation(chart)), 100)),
    shownCharts,
  );
}
