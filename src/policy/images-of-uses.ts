import { confidences, type DiscoveredImage, type ImageUse } from '../discovery/use.ts';
import { parseReference } from '../image/reference.ts';

/** The images that uses name, each with all its uses, in the order of the first of them. */
export function imagesOfUses(uses: readonly ImageUse[]): readonly DiscoveredImage[] {
  const byImage = new Map<string, ImageUse[]>();
  for (const use of uses) {
    const known = byImage.get(use.image);
    if (known) known.push(use);
    else byImage.set(use.image, [use]);
  }
  return [...byImage].flatMap(([image, ofImage]) => {
    const parsed = parseReference(image);
    const confidence = confidences.find((level) => ofImage.some((use) => use.confidence === level));
    return parsed.ok && confidence ? [{ image, reference: parsed.value, confidence, uses: ofImage }] : [];
  });
}

export function usesOf(images: readonly DiscoveredImage[]): readonly ImageUse[] {
  return images.flatMap(({ uses }) => uses);
}
