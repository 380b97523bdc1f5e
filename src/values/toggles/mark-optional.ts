import { type Finding, imagesOf } from '../../core/findings.ts';
import type { Discovery } from '../../discovery/image-use.ts';

/** Marks findings of images that only toggles enable. They are not deployed yet, so they are at most warnings. */
export function markOptional(findings: readonly Finding[], { images }: Discovery): readonly Finding[] {
  const optional = new Set(
    images.filter(({ uses }) => uses.some((use) => use.optionalBy) && uses.every(isOptional)).map(({ image }) => image),
  );
  if (optional.size === 0) return findings;
  return findings.map((finding) => {
    const affected = imagesOf(finding);
    return affected.length > 0 && affected.every((image) => optional.has(image))
      ? { ...finding, optional: true }
      : finding;
  });
}

/** An annotation in Chart.yaml is not a use, but a configured image is. */
function isOptional({ optionalBy, confidence, template }: Discovery['images'][number]['uses'][number]): boolean {
  return optionalBy !== undefined || (confidence === 'declared' && template.endsWith('/Chart.yaml'));
}
