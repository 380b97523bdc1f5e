import { parseReference } from '../core/oci/reference.ts';
import type { Rendering } from '../helm/cli/rendering.ts';
import {
  confidences,
  type DiscoveredImage,
  type Discovery,
  type DiscoveryFinding,
  type ImageUse,
} from './image-use.ts';
import { noTagFinding, observationFinding } from './observation-finding.ts';
import type { Occurrence } from './occurrence.ts';

interface OpenUse {
  readonly use: ImageUse;
  readonly valueSets: Set<string>;
}

/**
 * Merges occurrences: the same position in several value sets is one use, and the same reference at several positions is
 * one image.
 */
export class ImageCollector {
  readonly #charts = new Map<string, number>();
  readonly #uses = new Map<string, OpenUse>();
  readonly #findings = new Map<string, DiscoveryFinding>();

  add(rendering: Rendering, template: string, observation: Occurrence): void {
    const chartPath = rendering.chart.displayPath;
    if (!this.#charts.has(chartPath)) this.#charts.set(chartPath, this.#charts.size);
    const { kind, name, path } = observation;
    const place = [chartPath, template, kind, name, path, observation.type];
    if (observation.type !== 'image') {
      const id = JSON.stringify([...place, observation.text]);
      if (!this.#findings.has(id)) this.#findings.set(id, observationFinding(rendering, template, observation));
      return;
    }
    const id = JSON.stringify([...place, observation.image, observation.rule]);
    const known = this.#uses.get(id);
    if (known) {
      known.valueSets.add(rendering.valueSet);
      return;
    }
    const { image, line, rule, confidence } = observation;
    const chart = rendering.chart.metadata.name;
    this.#uses.set(id, {
      use: { image, chart, chartPath, valueSets: [], template, kind, name, path, line, rule, confidence },
      valueSets: new Set([rendering.valueSet]),
    });
  }

  finish(): Discovery {
    const uses = [...this.#uses.values()].map(({ use, valueSets }) => ({ ...use, valueSets: [...valueSets] }));
    const order = (use: ImageUse): number => this.#charts.get(use.chartPath) ?? 0;
    uses.sort((a, b) => order(a) - order(b) || a.line - b.line);
    const byImage = new Map<string, ImageUse[]>();
    for (const use of uses) {
      const known = byImage.get(use.image);
      if (known) known.push(use);
      else byImage.set(use.image, [use]);
    }
    const images = [...byImage].flatMap(([image, ofImage]) => discoveredImage(image, ofImage));
    return { images, findings: [...this.#findings.values(), ...images.flatMap(noTagFinding)] };
  }
}

function discoveredImage(image: string, uses: readonly ImageUse[]): readonly DiscoveredImage[] {
  const parsed = parseReference(image);
  // Rules report only texts that parse; one that does not would be a fault of the rule, and is no image.
  if (!parsed.ok) return [];
  const confidence = confidences.find((level) => uses.some((use) => use.confidence === level)) ?? 'declared';
  return [{ image, reference: parsed.value, confidence, uses }];
}
