import type { Rendering } from '../helm/cli/rendering.ts';
import { annotatedImages, canonicalName } from './annotation-images.ts';
import type { DiscoveredImage, DiscoveryFinding } from './image-use.ts';

/** Images that one message names; a chart whose list is not kept lacks most of them. */
const namedImages = 5;

/**
 * For each chart whose annotations list images, the rendered ones that the list lacks: who mirrors by the list alone
 * misses them. One notice for a chart, at its Chart.yaml.
 */
export function undeclaredFindings(
  renderings: readonly Rendering[],
  images: readonly DiscoveredImage[],
): readonly DiscoveryFinding[] {
  const charts = new Map(renderings.map((rendering) => [rendering.chart, rendering]));
  return [...charts].flatMap(([chart, { valueSet }]): readonly DiscoveryFinding[] => {
    const { displayPath: chartPath, metadata } = chart;
    const declared = new Set(annotatedImages(chart).map(({ image }) => canonicalName(image)));
    // Most charts list nothing, and looking through all images for each of thousands takes long.
    if (declared.size === 0) return [];
    const lacking = images
      .filter(({ uses }) => uses.some((use) => use.chartPath === chartPath && use.confidence !== 'declared'))
      .map(({ image }) => image)
      .filter((image) => !declared.has(canonicalName(image)));
    if (lacking.length === 0) return [];
    const template = `${metadata.name}/Chart.yaml`;
    return [
      {
        code: 'undeclared',
        severity: 'notice',
        message: `The images that Chart.yaml of ${metadata.name} lists in its annotations lack ${listed(lacking)}.`,
        advice: 'Bring the list up to date: programs that mirror the chart by its annotations miss these images.',
        renderedAt: { chartPath, valueSet, template, line: 1 },
        about: { chart: metadata.name, kind: 'Chart', name: metadata.name, path: 'annotations' },
      },
    ];
  });
}

function listed(images: readonly string[]): string {
  const rest = images.length - namedImages;
  return images.slice(0, namedImages).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
