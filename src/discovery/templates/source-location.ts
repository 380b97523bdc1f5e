import { toErrors } from '../../core/errors.ts';
import { chartYamlOf } from '../../helm/charts/chart-file.ts';
import type { Rendering } from '../../helm/cli/rendering.ts';
import type { ChartFileLocation } from '../../values/tree/chart-display.ts';
import type { ChartNode } from '../../values/tree/chart-tree.ts';
import { templateInTree } from '../../values/tree/template-in-tree.ts';
import type { DiscoveryFinding, ImageUse, RenderedLine } from '../image-use.ts';
import { splitDocuments } from '../yaml/document.ts';
import { templateLine } from './template-line.ts';

/** The chart of a rendering. Errors: those of reading a chart again. */
export type ReadTree = (rendering: Rendering) => Promise<ChartNode | undefined>;

/**
 * The template and line. For a packaged chart, the archive, because no editor shows a line in it. For a packaged or
 * downloaded subchart, the dependency that lists it. Reads the template, so call it only for reported uses.
 */
export async function locateUse(
  use: ImageUse,
  renderings: readonly Rendering[],
  readTree: ReadTree,
): Promise<ChartFileLocation | undefined> {
  const { chartPath, template, line, declaredAt } = use;
  if (declaredAt !== undefined) return { location: declaredAt };
  return locate({ chartPath, template, line, valueSet: use.valueSets[0] ?? '' }, renderings, readTree);
}

export async function locateFinding(
  finding: DiscoveryFinding,
  renderings: readonly Rendering[],
  readTree: ReadTree,
): Promise<ChartFileLocation | undefined> {
  return locate(finding.renderedAt, renderings, readTree);
}

async function locate(
  renderedLine: RenderedLine,
  renderings: readonly Rendering[],
  readTree: ReadTree,
): Promise<ChartFileLocation | undefined> {
  const rendering = renderings.find(
    ({ chart, valueSet }) => chart.displayPath === renderedLine.chartPath && valueSet === renderedLine.valueSet,
  );
  if (rendering === undefined) return undefined;
  const tree = await readable(() => readTree(rendering));
  const found = tree && templateInTree(tree, renderedLine.template);
  if (found === undefined) return { location: { file: chartYamlOf(rendering.chart) } };
  const { chart, path } = found;
  const source = await readable(() => chart.read(path));
  if (source === undefined) return { location: chart.location };
  return await chart.locate(path, lineIn(source, renderedLine, rendering));
}

/** Undefined for what only Helm can read, such as a file above the limits. */
async function readable<T>(read: () => Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await read();
  } catch (thrown) {
    if (toErrors(thrown).some(({ code }) => code === 'internal')) throw thrown;
    return undefined;
  }
}

function lineIn(source: string, { template, line }: RenderedLine, rendering: Rendering): number | undefined {
  const document = splitDocuments(rendering.text).findLast((one) => one.firstLine <= line);
  if (document === undefined || document.template !== template) return undefined;
  return templateLine(source, document.text, line - document.firstLine + 1);
}
