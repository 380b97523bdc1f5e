import { parseTemplateReference } from '../core/oci/reference.ts';
import { confidences } from './classify/confidence.ts';
import type { DiscoveredImage, ImageUse } from './image-use.ts';

/** The images that uses name, each with all its uses, in the order of the first of them. */
export function groupUsesByImage(uses: readonly ImageUse[]): readonly DiscoveredImage[] {
  const byImage = new Map<string, ImageUse[]>();
  for (const use of uses) {
    const known = byImage.get(use.image);
    if (known) known.push(use);
    else byImage.set(use.image, [use]);
  }
  return [...byImage].flatMap(([image, ofImage]) => {
    const parsed = parseTemplateReference(image);
    const confidence = confidences.find((level) => ofImage.some((use) => use.confidence === level));
    return parsed.ok && confidence ? [{ image, reference: parsed.value, confidence, uses: ofImage }] : [];
  });
}

export function usesOf(images: readonly DiscoveredImage[]): readonly ImageUse[] {
  return images.flatMap(({ uses }) => uses);
}
