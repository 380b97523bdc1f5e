import type { Finding } from '../../core/findings.ts';
import type { Discovery, DiscoveryFinding, ImageUse, RenderedLine } from '../../discovery/image-use.ts';
import { locateInTemplates } from '../../discovery/templates/locate-in-templates.ts';
import type { Rendering } from '../../helm/cli/rendering.ts';
import { locateValue, quotingOf } from '../tree/scalar-value.ts';
import { scalarsOf } from '../tree/value-tree.ts';
import { locateImage } from './locate-image.ts';
import type { RenderingProvenance } from './provenance.ts';
import type { ValueTracer } from './trace-values.ts';
import { unquotedValueIn } from './unquoted-value.ts';

/** Locating a finding reads and aligns a template, which is too slow for thousands of findings. */
const maximumLocatedFindings = 200;

/**
 * Locates the first findings at the value to change, or else at the template. Only traces values for findings that fail
 * the run, because tracing runs helm. Errors: `cancelled`.
 */
export async function locateAtValues(
  findings: readonly Finding[],
  discovery: Discovery,
  renderings: readonly Rendering[],
  finder: ValueTracer,
): Promise<readonly Finding[]> {
  const images = new Map(discovery.images.map((image) => [image.image, image.uses]));
  const first = findings.slice(0, maximumLocatedFindings);
  const placedAtTemplates = await locateInTemplates(first, discovery, renderings, finder.readTree);
  const placing = placedAtTemplates.map(async (finding, index) => {
    if (first[index]?.file !== undefined) return finding;
    const use = finding.image === undefined ? undefined : useOf(finding, images.get(finding.image) ?? []);
    if (use === undefined && isUnreadableText(finding)) return await locateUnreadable(finding, renderings, finder);
    const rendering = use && renderingOf(use, renderings);
    if (rendering === undefined) return finding;
    const search =
      finding.severity === 'error' ? finder.originsOf(rendering, discovery) : finder.knownOrigins(rendering);
    const origins = await search;
    return origins === undefined ? finding : await locateFinding(finding, use, origins);
  });
  return [...(await Promise.all(placing)), ...findings.slice(maximumLocatedFindings)];
}

/** The use that the finding is about, which can be in another chart than the first. */
function useOf(finding: Finding, uses: readonly ImageUse[]): ImageUse | undefined {
  const at = isAtLine(finding) ? finding.renderedAt : undefined;
  return uses.find((use) => isAt(use, at)) ?? uses[0];
}

function isAtLine(finding: Finding): finding is DiscoveryFinding {
  return 'renderedAt' in finding;
}

function isAt({ chartPath, template, line }: ImageUse, at: RenderedLine | undefined): boolean {
  return at !== undefined && chartPath === at.chartPath && template === at.template && line === at.line;
}

type UnreadableText = DiscoveryFinding & { readonly written: string };

function isUnreadableText(finding: Finding): finding is UnreadableText {
  return isAtLine(finding) && 'written' in finding;
}

/** A text that is no reference is often a number that lacks quotes: its value is the line to change. */
async function locateUnreadable(
  finding: UnreadableText,
  renderings: readonly Rendering[],
  finder: ValueTracer,
): Promise<Finding> {
  const { chartPath, valueSet } = finding.renderedAt;
  const rendering = renderings.find((one) => one.chart.displayPath === chartPath && one.valueSet === valueSet);
  if (rendering === undefined) return finding;
  const { root } = await finder.valuesOf(rendering);
  const leaf = unquotedValueIn(finding.written, scalarsOf(root));
  const location = leaf && locateValue(leaf);
  if (leaf === undefined || location === undefined) return finding;
  const { file, line } = location;
  return {
    ...finding,
    file,
    ...(line !== undefined && { line }),
    advice: `${finding.advice} ${quotingOf(leaf) ?? ''}`.trim(),
  };
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
  const { location, remark } = await locateImage(origin, finding.part, origins);
  const { file, line, ...unplaced } = finding;
  const reported = remark === undefined ? unplaced : { ...unplaced, advice: `${finding.advice} ${remark}` };
  // Without a traced value, keep the location from discovery: an unreadable document, or the template for a value of
  // the input set.
  const shown = location ?? (file === undefined ? undefined : { file, line });
  return shown === undefined
    ? reported
    : { ...reported, file: shown.file, ...(shown.line !== undefined && { line: shown.line }) };
}

/** The discovery may have been rebuilt since the search, for example without ignored uses. */
function isSameUse(a: ImageUse, b: ImageUse): boolean {
  return a === b || (a.image === b.image && a.template === b.template && a.name === b.name && a.path === b.path);
}
