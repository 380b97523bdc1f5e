import type { Finding } from '../../core/findings.ts';
import type { Rendering } from '../../helm/cli/rendering.ts';
import type { Discovery, DiscoveryFinding } from '../image-use.ts';
import { locateFinding, locateUse, type ReadTree } from './source-location.ts';

/**
 * Adds the file and line in the user's chart: for a finding of discovery its own position, for any other the first use
 * of its image. Keeps the order, findings that have a file, and findings without a position. Reads and aligns a
 * template for each finding.
 */
export async function locateInTemplates(
  findings: readonly Finding[],
  discovery: Discovery,
  renderings: readonly Rendering[],
  readTree: ReadTree,
): Promise<readonly Finding[]> {
  const images = new Map(discovery.images.map((image) => [image.image, image]));
  const located: Finding[] = [];
  for (const finding of findings) {
    if (finding.file !== undefined) {
      located.push(finding);
      continue;
    }
    const use = finding.image === undefined ? undefined : images.get(finding.image)?.uses[0];
    const found = isDiscoveryFinding(finding)
      ? await locateFinding(finding, renderings, readTree)
      : use && (await locateUse(use, renderings, readTree));
    located.push(found === undefined ? finding : { ...finding, ...found.location });
  }
  return located;
}

function isDiscoveryFinding(finding: Finding): finding is DiscoveryFinding {
  return 'renderedAt' in finding;
}
