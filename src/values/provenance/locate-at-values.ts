import type { Finding } from '../../core/findings.ts';
import type { Discovery, ImageUse } from '../../discovery/image-use.ts';
import { locateInTemplates } from '../../discovery/templates/locate-in-templates.ts';
import type { Rendering } from '../../helm/cli/rendering.ts';
import { locateImage } from './locate-image.ts';
import type { RenderingProvenance } from './provenance.ts';
import type { ValueTracer } from './trace-values.ts';

/** More findings are not read line by line; the rest keeps the locations of the templates. */
const maximumLocated = 200;

/**
 * Gives findings the line that their author has to change: that of the value behind the part of the image that is wrong,
 * else what discovery knows of the template. Origins are searched for findings that fail the run; others are reported by
 * what is known anyway, because a search runs helm. Errors: `cancelled`.
 */
export async function locateAtValues(
  findings: readonly Finding[],
  discovery: Discovery,
  renderings: readonly Rendering[],
  finder: ValueTracer,
): Promise<readonly Finding[]> {
  const uses = new Map(discovery.images.map(({ image, uses: [first] }) => [image, first]));
  const placedAtTemplates = await locateInTemplates(findings, discovery, renderings);
  const placing = placedAtTemplates.map(async (finding, index) => {
    const use = finding.image === undefined ? undefined : uses.get(finding.image);
    const rendering = use && renderingOf(use, renderings);
    if (rendering === undefined || index >= maximumLocated) return finding;
    const search =
      finding.severity === 'error' ? finder.originsOf(rendering, discovery) : finder.knownOrigins(rendering);
    const origins = await search;
    return origins === undefined ? finding : await locateFinding(finding, use, origins);
  });
  return await Promise.all(placing);
}

function renderingOf(use: ImageUse, renderings: readonly Rendering[]): Rendering | undefined {
  return renderings.find(({ chart, valueSet }) => {
    return chart.displayPath === use.chartPath && valueSet === use.valueSets[0];
  });
}

async function locateFinding(
  finding: Finding,
  use: ImageUse | undefined,
  origins: RenderingProvenance,
): Promise<Finding> {
  const origin = use && origins.uses.find((one) => isSameUse(one.use, use));
  if (origin === undefined) return finding;
  const { place, remark } = await locateImage(origin, finding.part, origins);
  const { file, line, ...unplaced } = finding;
  const reported = remark === undefined ? unplaced : { ...unplaced, advice: `${finding.advice} ${remark}` };
  // Discovery knows a place of its own where no origin has one: the line of a document that does not read, and for a value of
  // the input set the line of the template.
  const shown = place ?? (file === undefined ? undefined : { file, line });
  return shown === undefined
    ? reported
    : { ...reported, file: shown.file, ...(shown.line !== undefined && { line: shown.line }) };
}

/** A discovery may have been gathered anew since the search, for example without what the user ignores. */
function isSameUse(a: ImageUse, b: ImageUse): boolean {
  return a === b || (a.image === b.image && a.template === b.template && a.name === b.name && a.path === b.path);
}
