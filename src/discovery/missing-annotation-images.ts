import type { Rendering } from '../helm/cli/rendering.ts';
import { annotatedImages, canonicalName } from './annotation-images.ts';
import type { DiscoveredImage, DiscoveryFinding } from './image-use.ts';

/** Images in one message. A list that is not maintained is missing most images. */
const namedImages = 5;

/**
 * For each chart with an image list in its annotations, one notice for the rendered images that are missing in the
 * list: tools that mirror a chart by its list miss them.
 */
export function undeclaredFindings(
  renderings: readonly Rendering[],
  images: readonly DiscoveredImage[],
): readonly DiscoveryFinding[] {
  const charts = new Map(renderings.map((rendering) => [rendering.chart, rendering]));
  return [...charts].flatMap(([chart, { valueSet }]): readonly DiscoveryFinding[] => {
    const { displayPath: chartPath, metadata } = chart;
    const declared = new Set(annotatedImages(chart).map(({ image }) => canonicalName(image)));
    // Most charts have no list, and filtering all images for each of thousands of charts is slow.
    if (declared.size === 0) return [];
    const missing = images
      .filter(({ uses }) => uses.some((use) => use.chartPath === chartPath && use.confidence !== 'declared'))
      .map(({ image }) => image)
      .filter((image) => !declared.has(canonicalName(image)));
    if (missing.length === 0) return [];
    const template = `${metadata.name}/Chart.yaml`;
    return [
      {
        code: 'undeclared',
        severity: 'notice',
        message: `The image list in the annotations of Chart.yaml of ${metadata.name} is missing ${listed(missing)}.`,
        advice: 'Update the list. Tools that mirror the chart by its annotations miss these images.',
        renderedAt: { chartPath, valueSet, template, line: 1 },
        object: { chart: metadata.name, kind: 'Chart', name: metadata.name, path: 'annotations' },
      },
    ];
  });
}

function listed(images: readonly string[]): string {
  const rest = images.length - namedImages;
  return images.slice(0, namedImages).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
