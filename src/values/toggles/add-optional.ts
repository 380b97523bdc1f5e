import { confidences } from '../../discovery/classify/confidence.ts';
import type { DiscoveredImage, Discovery, DiscoveryFinding, ImageUse } from '../../discovery/image-use.ts';
import type { MinimalSet } from './minimize-toggles.ts';
import { formatToggles } from './toggle.ts';

/** Adds optional images after the others: uses with their toggles, and findings that are at most warnings. */
export function addOptional(discovery: Discovery, minimalSets: readonly MinimalSet<string>[]): Discovery {
  const images = new Map(discovery.images.map((image) => [image.image, image]));
  for (const image of new Set(minimalSets.map((minimal) => minimal.of))) {
    const enabled = minimalSets.filter((minimal) => minimal.of === image).map(imageOf);
    const known = images.get(image);
    const merged = mergeImages(known === undefined ? enabled : [known, ...enabled]);
    if (merged !== undefined) images.set(image, merged);
  }
  return { images: [...images.values()], findings: [...discovery.findings, ...findingsOf(discovery, minimalSets)] };
}

function imageOf({ of, by }: MinimalSet<string>): DiscoveredImage | undefined {
  const found = by.discovery.images.find((each) => each.image === of);
  const optionalBy = [formatToggles(by.toggles)];
  return found && { ...found, uses: found.uses.map((use) => ({ ...use, optionalBy })) };
}

function mergeImages(parts: readonly (DiscoveredImage | undefined)[]): DiscoveredImage | undefined {
  const known = parts.filter((part) => part !== undefined);
  const [first] = known;
  if (first === undefined) return undefined;
  const uses = new Map<string, ImageUse>();
  for (const use of known.flatMap((part) => part.uses)) {
    const { chartPath, template, kind, name, path, rule } = use;
    const id = JSON.stringify([chartPath, template, kind, name, path, rule]);
    const same = uses.get(id);
    uses.set(id, same === undefined ? use : mergeUses(same, use));
  }
  const all = [...uses.values()];
  const confidence = confidences.find((level) => all.some((use) => use.confidence === level)) ?? first.confidence;
  return { ...first, confidence, uses: all };
}

/** One use that several toggle sets enable. */
function mergeUses(one: ImageUse, other: ImageUse): ImageUse {
  const optionalBy = [...new Set([...(one.optionalBy ?? []), ...(other.optionalBy ?? [])])];
  return { ...one, valueSets: [...new Set([...one.valueSets, ...other.valueSets])], optionalBy };
}

/** Findings of the renderings with toggles that the others do not have. */
function findingsOf(discovery: Discovery, minimalSets: readonly MinimalSet<string>[]): readonly DiscoveryFinding[] {
  const enabled = new Set(minimalSets.map((minimal) => minimal.of));
  const reported = new Map(discovery.findings.map((finding) => [findingId(finding), finding]));
  const found: DiscoveryFinding[] = [];
  for (const finding of minimalSets.flatMap(({ by }) => by.discovery.findings)) {
    const id = findingId(finding);
    if (reported.has(id) || (finding.image !== undefined && !enabled.has(finding.image))) continue;
    reported.set(id, finding);
    found.push({ ...finding, optional: true });
  }
  return found;
}

/** Without the line, which differs between renderings. */
function findingId({ code, image, object, renderedAt: { chartPath, template } }: DiscoveryFinding): string {
  return JSON.stringify([code, image, chartPath, template, object]);
}
