import type { SourceLocation } from '../../core/errors.ts';
import type { Chart } from '../../helm/charts/chart.ts';
import type { Rendering } from '../../helm/cli/rendering.ts';
import type { DiscoveryFinding, ImageUse, RenderedLine } from '../image-use.ts';
import { splitDocuments } from '../yaml/document.ts';
import { templateLine } from './template-line.ts';

/**
 * The template and line in a chart folder. For a packaged chart, only the archive, because no editor shows a line in
 * it. For a packaged or downloaded subchart, the Chart.yaml that lists it. Reads the template, so call it only for
 * reported uses.
 */
export async function locateUse(use: ImageUse, renderings: readonly Rendering[]): Promise<SourceLocation | undefined> {
  const { chartPath, template, line, declaredAt } = use;
  if (declaredAt !== undefined) return declaredAt;
  return locate({ chartPath, template, line, valueSet: use.valueSets[0] ?? '' }, renderings);
}

/**
 * The position in a packaged chart: `templates/a.yaml:21`. Undefined if the chart is not packaged or the line is
 * unknown.
 */
export async function locateUseInArchive(use: ImageUse, renderings: readonly Rendering[]): Promise<string | undefined> {
  const { chartPath, template, line, declaredAt } = use;
  const renderedLine: RenderedLine = { chartPath, template, line, valueSet: use.valueSets[0] ?? '' };
  const rendering = renderingOf(renderedLine, renderings);
  const path = pathInChart(template);
  if (declaredAt !== undefined || rendering?.chart.kind !== 'archive' || path === undefined) return undefined;
  const source = await rendering.chart.readFile(path);
  const inside = source === undefined ? undefined : lineIn(source, renderedLine, rendering);
  return inside === undefined ? undefined : `${path}:${inside}`;
}

export async function locateFinding(
  finding: DiscoveryFinding,
  renderings: readonly Rendering[],
): Promise<SourceLocation | undefined> {
  return locate(finding.renderedAt, renderings);
}

async function locate(
  renderedLine: RenderedLine,
  renderings: readonly Rendering[],
): Promise<SourceLocation | undefined> {
  const rendering = renderingOf(renderedLine, renderings);
  const path = pathInChart(renderedLine.template);
  if (rendering === undefined || path === undefined) return undefined;
  const { chart } = rendering;
  if (chart.kind === 'archive') return { file: chart.displayPath };
  const source = await chart.readFile(path);
  // A packaged or downloaded subchart: the user can only edit the file that lists it.
  if (source === undefined) return { file: fileOfChart(chart, 'Chart.yaml') };
  const file = fileOfChart(chart, path);
  const line = lineIn(source, renderedLine, rendering);
  return line === undefined ? { file } : { file, line };
}

function renderingOf(renderedLine: RenderedLine, renderings: readonly Rendering[]): Rendering | undefined {
  return renderings.find(
    (one) => one.chart.displayPath === renderedLine.chartPath && one.valueSet === renderedLine.valueSet,
  );
}

function lineIn(source: string, { template, line }: RenderedLine, rendering: Rendering): number | undefined {
  const document = splitDocuments(rendering.text).findLast((one) => one.firstLine <= line);
  if (document === undefined || document.template !== template) return undefined;
  return templateLine(source, document.text, line - document.firstLine + 1);
}

/**
 * The path in the chart of a template as Helm names it. The first part is the name of the chart, not its folder:
 * `parent/charts/sub/templates/b.yaml` is `charts/sub/templates/b.yaml` of the chart `parent`.
 */
function pathInChart(template: string): string | undefined {
  const slash = template.indexOf('/');
  const path = slash < 0 ? '' : template.slice(slash + 1);
  // The chart controls this text, so the path must not leave the chart's folder.
  if (
    path === '' ||
    path.includes('\\') ||
    path.split('/').some((part) => part === '' || part === '.' || part === '..')
  ) {
    return undefined;
  }
  return path;
}

/** Relative to the work folder, without a leading `./`. */
function fileOfChart(chart: Chart, path: string): string {
  return chart.displayPath === '.' ? path : `${chart.displayPath}/${path}`;
}
