import { shownTemplate } from '../helm/charts/namesakes.ts';
import type { Rendering } from '../helm/cli/rendering.ts';
import { groupUsesByImage } from './group-uses.ts';
import type { Discovery, DiscoveryFinding, ImageUse } from './image-use.ts';
import type { Occurrence } from './occurrence.ts';
import { noTagFinding, occurrenceFinding } from './occurrence-finding.ts';

interface OpenUse {
  readonly use: ImageUse;
  readonly valueSets: Set<string>;
}

/**
 * Merges occurrences: the same position in several value sets is one use, and the same reference at several positions
 * is one image.
 */
export class ImageCollector {
  readonly #charts = new Map<string, number>();
  readonly #uses = new Map<string, OpenUse>();
  readonly #findings = new Map<string, DiscoveryFinding>();

  add(rendering: Rendering, template: string, occurrence: Occurrence): void {
    const chartPath = rendering.chart.displayPath;
    if (!this.#charts.has(chartPath)) this.#charts.set(chartPath, this.#charts.size);
    const { kind, name, path } = occurrence;
    const key = [chartPath, template, kind, name, path, occurrence.type];
    if (occurrence.type !== 'image') {
      const id = JSON.stringify([...key, occurrence.text]);
      if (!this.#findings.has(id)) this.#findings.set(id, occurrenceFinding(rendering, template, occurrence));
      return;
    }
    const id = JSON.stringify([...key, occurrence.image, occurrence.rule]);
    const known = this.#uses.get(id);
    if (known) {
      known.valueSets.add(rendering.valueSet);
      return;
    }
    const { image, line, rule, confidence } = occurrence;
    const chart = rendering.chart.metadata.name;
    this.#uses.set(id, {
      use: {
        ...{ image, chart, chartPath, valueSets: [], template, kind, name, path, line, rule, confidence },
        ...(rendering.chart.isNamesake === true && { shownTemplate: shownTemplate(rendering.chart, template) }),
      },
      valueSets: new Set([rendering.valueSet]),
    });
  }

  finish(): Discovery {
    const uses = [...this.#uses.values()].map(({ use, valueSets }) => ({ ...use, valueSets: [...valueSets] }));
    const order = (use: ImageUse): number => this.#charts.get(use.chartPath) ?? 0;
    uses.sort((a, b) => order(a) - order(b) || a.line - b.line);
    const images = groupUsesByImage(uses);
    return { images, findings: [...this.#findings.values(), ...images.flatMap(noTagFinding)] };
  }
}
