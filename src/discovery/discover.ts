import type { Chart } from '../helm/charts/chart.ts';
import type { Rendering } from '../helm/cli/rendering.ts';
import { annotatedImages, canonicalName } from './annotation-images.ts';
import { ImageCollector } from './image-collector.ts';
import type { Discovery, DiscoveryFinding } from './image-use.ts';
import { undeclaredFindings } from './missing-annotation-images.ts';
import type { Occurrence } from './occurrence.ts';
import { createDocumentScan, scan } from './scan-rendering.ts';
import { splitDocuments } from './yaml/document.ts';

export interface ScannedDocument {
  readonly template: string;
  readonly occurrences: readonly Occurrence[];
}

export interface ScannedRendering {
  readonly rendering: Rendering;
  readonly documents: readonly ScannedDocument[];
}

/**
 * Finds every image in rendered charts. Pure, and never throws, whatever the texts are. Renderings of one chart with
 * several value sets share uses. Contacts no registry.
 */
export function discover(renderings: readonly Rendering[]): Discovery {
  return collectDiscovery(
    renderings.map((rendering) => {
      const documents = splitDocuments(rendering.text).map((document, index) => {
        return { template: document.template, occurrences: scan(createDocumentScan(document, index)) };
      });
      return { rendering, documents };
    }),
  );
}

export function collectDiscovery(scanned: readonly ScannedRendering[]): Discovery {
  const renderings = scanned.map(({ rendering }) => rendering);
  const collector = new ImageCollector();
  const rendered = new Map<Chart, Set<string>>();
  for (const { rendering, documents } of scanned) {
    const names = rendered.get(rendering.chart) ?? new Set();
    rendered.set(rendering.chart, names);
    for (const { template, occurrences } of documents) {
      for (const occurrence of occurrences) {
        collector.add(rendering, template, occurrence);
        if (occurrence.type === 'image') names.add(canonicalName(occurrence.image));
      }
    }
  }
  for (const rendering of renderings) {
    const names = rendered.get(rendering.chart);
    for (const declared of annotatedImages(rendering.chart)) {
      if (names?.has(canonicalName(declared.image))) continue;
      collector.add(rendering, `${rendering.chart.metadata.name}/Chart.yaml`, declared);
    }
  }
  const { images, findings } = collector.finish();
  return {
    images,
    findings: [...renderingFindings(renderings), ...findings, ...undeclaredFindings(renderings, images)],
  };
}

/** The findings of Helm, once for all value sets of a chart. */
function renderingFindings(renderings: readonly Rendering[]): readonly DiscoveryFinding[] {
  const reported = new Map<string, DiscoveryFinding>();
  for (const { chart, valueSet, findings = [] } of renderings) {
    const renderedAt = {
      chartPath: chart.displayPath,
      valueSet,
      template: `${chart.metadata.name}/Chart.yaml`,
      line: 1,
    };
    for (const finding of findings)
      if (!reported.has(finding.message)) reported.set(finding.message, { ...finding, renderedAt });
  }
  return [...reported.values()];
}
