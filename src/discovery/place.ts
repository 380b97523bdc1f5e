import type { Place } from '../errors.ts';
import type { Rendering } from '../helm/rendering.ts';
import { splitDocuments } from './document.ts';
import { fileOfChart, pathInChart } from './template-file.ts';
import { templateLine } from './template-line.ts';
import type { DiscoveryFinding, ImageUse, RenderedPlace } from './use.ts';

/**
 * The file and line of the user's that a use comes from: the template of a chart folder; of a packaged chart the archive
 * alone, because no editor or pull request shows a line inside it; of a subchart that is packed or was fetched the
 * Chart.yaml that asks for it. Reads the template, so it is meant for the few uses that are told.
 */
export async function placeOfUse(use: ImageUse, renderings: readonly Rendering[]): Promise<Place | undefined> {
  const { chartPath, template, line, writtenAt } = use;
  if (writtenAt !== undefined) return writtenAt;
  return placeOf({ chartPath, template, line, valueSet: use.valueSets[0] ?? '' }, renderings);
}

/** Where in a packaged chart a use comes from: `templates/a.yaml:21`; undefined where the chart is none, or the line is not known. */
export async function placeInPackage(use: ImageUse, renderings: readonly Rendering[]): Promise<string | undefined> {
  const { chartPath, template, line, writtenAt } = use;
  const place: RenderedPlace = { chartPath, template, line, valueSet: use.valueSets[0] ?? '' };
  const rendering = renderingOf(place, renderings);
  const path = pathInChart(template);
  if (writtenAt !== undefined || rendering?.chart.form !== 'archive' || path === undefined) return undefined;
  const source = await rendering.chart.readFile(path);
  const inside = source === undefined ? undefined : lineIn(source, place, rendering);
  return inside === undefined ? undefined : `${path}:${inside}`;
}

/** The same for a finding of discovery. */
export async function placeOfFinding(
  finding: DiscoveryFinding,
  renderings: readonly Rendering[],
): Promise<Place | undefined> {
  return placeOf(finding.seenAt, renderings);
}

async function placeOf(place: RenderedPlace, renderings: readonly Rendering[]): Promise<Place | undefined> {
  const rendering = renderingOf(place, renderings);
  const path = pathInChart(place.template);
  if (rendering === undefined || path === undefined) return undefined;
  const { chart } = rendering;
  if (chart.form === 'archive') return { file: chart.displayPath };
  const source = await chart.readFile(path);
  // A packed subchart, or one that was fetched for this run: what the user has is the file that asks for it.
  if (source === undefined) return { file: fileOfChart(chart, 'Chart.yaml') };
  const file = fileOfChart(chart, path);
  const line = lineIn(source, place, rendering);
  return line === undefined ? { file } : { file, line };
}

function renderingOf(place: RenderedPlace, renderings: readonly Rendering[]): Rendering | undefined {
  return renderings.find((one) => one.chart.displayPath === place.chartPath && one.valueSet === place.valueSet);
}

function lineIn(source: string, { template, line }: RenderedPlace, rendering: Rendering): number | undefined {
  const document = splitDocuments(rendering.text).findLast((one) => one.firstLine <= line);
  if (document === undefined || document.template !== template) return undefined;
  return templateLine(source, document.text, line - document.firstLine + 1);
}
