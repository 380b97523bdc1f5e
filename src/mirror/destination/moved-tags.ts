import type { Finding } from '../../core/findings.ts';
import { formatReference } from '../../core/oci/registry-reference.ts';
import { formatUses } from '../../resolve/use-text.ts';
import type { PlannedCopy } from '../plan/plan.ts';

/** Clusters that AOSM deploys to keep an image by its tag, so they do not pull new content of a tag that they know. */
export function movedTagFindings(copies: readonly PlannedCopy[]): readonly Finding[] {
  return copies.flatMap(({ image, to, step }) =>
    step.action === 'copy' && step.replacing
      ? [
          {
            code: 'moved-tag',
            severity: 'warning',
            message: `on-existing: replace moves ${formatReference(to)} to the content of ${image.image} (used in ${formatUses(image)}). Clusters that have pulled the tag do not download it again.`,
            advice: 'Use a new tag in the chart and a new version in the input file.',
            image: image.image,
            part: 'tag',
          },
        ]
      : [],
  );
}
