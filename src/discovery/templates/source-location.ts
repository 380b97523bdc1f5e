import type { SourceLocation } from '../../core/errors.ts';
import type { Rendering } from '../../helm/cli/rendering.ts';
import type { DiscoveryFinding, ImageUse, RenderedLine } from '../image-use.ts';
import { splitDocuments } from '../yaml/document.ts';
import { fileOfChart, pathInChart } from './template-file.ts';
import { templateLine } from './template-line.ts';

/**
 * The file and line of the user's that a use comes from: the template of a chart folder; of a packaged chart the archive
 * alone, because no editor or pull request shows a line inside it; of a subchart that is packed or was fetched the
 * Chart.yaml that asks for it. Reads the template, so it is meant for the few uses that are reported.
 */
export async function locateUse(use: ImageUse, renderings: readonly Rendering[]): Promise<SourceLocation | undefined> {
  const { chartPath, template, line, declaredAt } = use;
  if (declaredAt !== undefined) return declaredAt;
  return placeOf({ chartPath, template, line, valueSet: use.valueSets[0] ?? '' }, renderings);
}

/** Where in a packaged chart a use comes from: `templates/a.yaml:21`; undefined where the chart is none, or the line is not known. */
export async function locateUseInArchive(use: ImageUse, renderings: readonly Rendering[]): Promise<string | undefined> {
  const { chartPath, template, line, declaredAt } = use;
  const place: RenderedLine = { chartPath, template, line, valueSet: use.valueSets[0] ?? '' };
  const rendering = renderingOf(place, renderings);
  const path = pathInChart(template);
  if (declaredAt !== undefined || rendering?.chart.kind !== 'archive' || path === undefined) return undefined;
  const source = await rendering.chart.readFile(path);
  const inside = source === undefined ? undefined : lineIn(source, place, rendering);
  return inside === undefined ? undefined : `${path}:${inside}`;
}

/** The same for a finding of discovery. */
export async function locateFinding(
  finding: DiscoveryFinding,
  renderings: readonly Rendering[],
): Promise<SourceLocation | undefined> {
  return placeOf(finding.renderedAt, renderings);
}

async function placeOf(place: RenderedLine, renderings: readonly Rendering[]): Promise<SourceLocation | undefined> {
  const rendering = renderingOf(place, renderings);
  const path = pathInChart(place.template);
  if (rendering === undefined || path === undefined) return undefined;
  const { chart } = rendering;
  if (chart.kind === 'archive') return { file: chart.displayPath };
  const source = await chart.readFile(path);
  // A packed subchart, or one that was fetched for this run: what the user has is the file that asks for it.
  if (source === undefined) return { file: fileOfChart(chart, 'Chart.yaml') };
  const file = fileOfChart(chart, path);
  const line = lineIn(source, place, rendering);
  return line === undefined ? { file } : { file, line };
}

function renderingOf(place: RenderedLine, renderings: readonly Rendering[]): Rendering | undefined {
  return renderings.find((one) => one.chart.displayPath === place.chartPath && one.valueSet === place.valueSet);
}

function lineIn(source: string, { template, line }: RenderedLine, rendering: Rendering): number | undefined {
  const document = splitDocuments(rendering.text).findLast((one) => one.firstLine <= line);
  if (document === undefined || document.template !== template) return undefined;
  return templateLine(source, document.text, line - document.firstLine + 1);
}
