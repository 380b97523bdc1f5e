/** Images as discovery hands them on, from nothing but the text that a chart writes. */

import { type ImageReference, parseTemplateReference } from '../../src/core/oci/reference.ts';
import type { DiscoveredImage, ImageUse } from '../../src/discovery/image-use.ts';
import { parseSource, type Source } from '../../src/resolve/image-source.ts';

export function referenceOf(text: string): ImageReference {
  const parsed = parseTemplateReference(text);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.value;
}

export function sourcesOf(...texts: readonly string[]): readonly Source[] {
  return texts.map((text) => {
    const parsed = parseSource(text);
    if (!parsed.ok) throw new Error(parsed.reason);
    return parsed.value;
  });
}

/** Used by the Deployment `app` in `demo/templates/app.yaml`, and in as many more places as asked for. */
export function discovered(text: string, more: readonly Partial<ImageUse>[] = []): DiscoveredImage {
  const use: ImageUse = {
    image: text,
    chart: 'demo',
    chartPath: 'charts/demo',
    valueSets: ['default'],
    template: 'demo/templates/app.yaml',
    kind: 'Deployment',
    name: 'app',
    path: 'spec.template.spec.containers[0].image',
    line: 21,
    rule: 'pod-spec',
    confidence: 'certain',
  };
  const uses = [use, ...more.map((other) => ({ ...use, ...other }))];
  return { image: text, reference: referenceOf(text), confidence: 'certain', uses };
}
