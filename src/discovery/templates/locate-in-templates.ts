import type { Finding } from '../../core/findings.ts';
import type { Rendering } from '../../helm/cli/rendering.ts';
import type { Discovery, DiscoveryFinding } from '../image-use.ts';
import { locateFinding, locateUse } from './source-location.ts';

/** Each place is found by reading and aligning a template; more findings than these are not read line by line anyway. */
const placedFindings = 200;

/**
 * Gives findings the file and line of the user's that they are about: a finding of discovery its own place, any other the
 * first use of its image. Findings keep their order; those without a place stay as they are.
 */
export async function locateInTemplates(
  findings: readonly Finding[],
  discovery: Discovery,
  renderings: readonly Rendering[],
): Promise<readonly Finding[]> {
  const images = new Map(discovery.images.map((image) => [image.image, image]));
  const placed: Finding[] = [];
  for (const finding of findings) {
    const use = finding.image === undefined ? undefined : images.get(finding.image)?.uses[0];
    const place =
      placed.length >= placedFindings
        ? undefined
        : isDiscoveryFinding(finding)
          ? await locateFinding(finding, renderings)
          : use && (await locateUse(use, renderings));
    placed.push(place === undefined ? finding : { ...finding, ...place });
  }
  return placed;
}

function isDiscoveryFinding(finding: Finding): finding is DiscoveryFinding {
  return 'renderedAt' in finding;
}
