import type { Chart } from '../charts/chart.ts';
import type { Rendering } from '../helm/rendering.ts';
import { declaredImages, spellingOf } from './declared.ts';
import { splitDocuments } from './document.ts';
import { examinationOf, examine } from './examination.ts';
import { ObservationLedger } from './ledger.ts';
import type { Observation } from './observation.ts';
import { undeclaredFindings } from './undeclared.ts';
import type { Discovery, DiscoveryFinding } from './use.ts';

/** What was seen in one document of a rendering. */
export interface ExaminedDocument {
  readonly template: string;
  readonly observations: readonly Observation[];
}

export interface ExaminedRendering {
  readonly rendering: Rendering;
  readonly documents: readonly ExaminedDocument[];
}

/**
 * Finds every image that rendered charts name. Pure and total: whatever the texts are, the answer is images and
 * findings. Renderings of one chart with several value sets share uses; nothing is asked of any registry.
 */
export function discover(renderings: readonly Rendering[]): Discovery {
  return gather(
    renderings.map((rendering) => {
      const documents = splitDocuments(rendering.text).map((document, index) => {
        return { template: document.template, observations: examine(examinationOf(document, index)) };
      });
      return { rendering, documents };
    }),
  );
}

/** What all documents of all renderings come to. */
export function gather(examined: readonly ExaminedRendering[]): Discovery {
  const renderings = examined.map(({ rendering }) => rendering);
  const ledger = new ObservationLedger();
  const rendered = new Map<Chart, Set<string>>();
  for (const { rendering, documents } of examined) {
    const spellings = rendered.get(rendering.chart) ?? new Set();
    rendered.set(rendering.chart, spellings);
    for (const { template, observations } of documents) {
      for (const observation of observations) {
        ledger.enter(rendering, template, observation);
        if (observation.type === 'image') spellings.add(spellingOf(observation.image));
      }
    }
  }
  for (const rendering of renderings) {
    const spellings = rendered.get(rendering.chart);
    for (const declared of declaredImages(rendering.chart)) {
      if (spellings?.has(spellingOf(declared.image))) continue;
      ledger.enter(rendering, `${rendering.chart.metadata.name}/Chart.yaml`, declared);
    }
  }
  const { images, findings } = ledger.close();
  return { images, findings: [...leftOut(renderings), ...findings, ...undeclaredFindings(renderings, images)] };
}

/** What helm left out, once for all value sets of a chart. */
function leftOut(renderings: readonly Rendering[]): readonly DiscoveryFinding[] {
  const told = new Map<string, DiscoveryFinding>();
  for (const { chart, valueSet, findings = [] } of renderings) {
    const seenAt = { chartPath: chart.displayPath, valueSet, template: `${chart.metadata.name}/Chart.yaml`, line: 1 };
    for (const finding of findings) if (!told.has(finding.message)) told.set(finding.message, { ...finding, seenAt });
  }
  return [...told.values()];
}
