import type { Finding } from '../../core/findings.ts';
import { groupUsesByImage } from '../group-uses.ts';
import type { DiscoveredImage, ImageUse } from '../image-use.ts';
import { noTagFinding } from '../occurrence-finding.ts';
import type { ExtraImage } from './policy.ts';

/** Uses of the images that the configuration adds, with positions in the configuration. */
export function extraUses(extraImages: readonly ExtraImage[]): readonly ImageUse[] {
  return extraImages.map(({ reference, path, location }) => ({
    image: reference.text,
    chart: location.file,
    chartPath: location.file,
    valueSets: [],
    template: location.file,
    kind: 'extra-images',
    name: '',
    path,
    line: location.line ?? 1,
    rule: 'extra-images',
    confidence: 'declared',
    declaredAt: location,
  }));
}

/** As for images of the charts, findings for images that are only in the configuration. */
export function extraFindings(uses: readonly ImageUse[], known: readonly DiscoveredImage[]): readonly Finding[] {
  const names = new Set(known.map(({ image }) => image));
  return groupUsesByImage(uses.filter(({ image }) => !names.has(image)))
    .flatMap(noTagFinding)
    .map(({ code, severity, message, advice, image }) => ({
      code,
      severity,
      message,
      advice,
      ...(image === undefined ? {} : { image }),
    }));
}
