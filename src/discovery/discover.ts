import type { Chart } from '../helm/charts/chart.ts';
import type { Rendering } from '../helm/cli/rendering.ts';
import { annotatedImages, canonicalName } from './annotation-images.ts';
import { ImageCollector } from './image-collector.ts';
import type { Discovery, DiscoveryFinding } from './image-use.ts';
import { undeclaredFindings } from './missing-annotation-images.ts';
import type { Occurrence } from './occurrence.ts';
import { createDocumentScan, scan } from './scan-rendering.ts';
import { splitDocuments } from './yaml/document.ts';

export interface ExaminedDocument {
  readonly template: string;
  readonly observations: readonly Occurrence[];
}

export interface ExaminedRendering {
  readonly rendering: Rendering;
  readonly documents: readonly ExaminedDocument[];
}

/**
 * Finds every image in rendered charts. Pure, and never throws, whatever the texts are. Renderings of one chart with several
 * value sets share uses. Contacts no registry.
 */
export function discover(renderings: readonly Rendering[]): Discovery {
  return gather(
    renderings.map((rendering) => {
      const documents = splitDocuments(rendering.text).map((document, index) => {
        return { template: document.template, observations: scan(createDocumentScan(document, index)) };
      });
      return { rendering, documents };
    }),
  );
}

export function gather(examined: readonly ExaminedRendering[]): Discovery {
  const renderings = examined.map(({ rendering }) => rendering);
  const ledger = new ImageCollector();
  const rendered = new Map<Chart, Set<string>>();
  for (const { rendering, documents } of examined) {
    const spellings = rendered.get(rendering.chart) ?? new Set();
    rendered.set(rendering.chart, spellings);
    for (const { template, observations } of documents) {
      for (const observation of observations) {
        ledger.add(rendering, template, observation);
        if (observation.type === 'image') spellings.add(canonicalName(observation.image));
      }
    }
  }
  for (const rendering of renderings) {
    const spellings = rendered.get(rendering.chart);
    for (const declared of annotatedImages(rendering.chart)) {
      if (spellings?.has(canonicalName(declared.image))) continue;
      ledger.add(rendering, `${rendering.chart.metadata.name}/Chart.yaml`, declared);
    }
  }
  const { images, findings } = ledger.finish();
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
