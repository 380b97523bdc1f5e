import { truncate } from '../../core/text.ts';
import { shownTemplate } from '../../helm/charts/namesakes.ts';
import type { Rendering } from '../../helm/cli/rendering.ts';
import type { DiscoveredImage, Discovery, ImageUse } from '../image-use.ts';
import { splitDocuments } from '../yaml/document.ts';
import { type AosmMatch, expectedMatch, formatMatch, matchLikeAzAosm } from './az-aosm-rule.ts';
import type { AosmDifference, ChartComparison, DifferenceKind } from './comparison.ts';
import { isCrdFile, whyInvented, whyNotRead } from './reasons.ts';

/** Characters of a match in a report; a line of a chart can have any length. */
const maximumMatchLength = 300;

/**
 * Compares the matches of az aosm with the discovered images of each chart. Skips images that are only declared,
 * because they are in no rendering. Pure.
 */
export function explainAosm(renderings: readonly Rendering[], discovery: Discovery): readonly ChartComparison[] {
  const charts = [...new Set(renderings.map(({ chart }) => chart))];
  return charts.map((chart) => {
    const own = renderings.filter((rendering) => rendering.chart === chart).map(readRendering);
    const images = discovery.images.flatMap((image): readonly DiscoveredImage[] => {
      const uses = image.uses.filter((use) => use.chartPath === chart.displayPath && use.confidence !== 'declared');
      return uses.length === 0 ? [] : [{ ...image, uses }];
    });
    const { right, cases } = compare(images, own);
    const shown = cases.map((each) => ({ ...each, shownTemplate: shownTemplate(chart, each.template) }));
    const ownCases = chart.isNamesake === true ? shown : cases;
    return { chart: chart.metadata.name, chartPath: chart.displayPath, right, cases: ownCases };
  });
}

interface ReadRendering {
  readonly valueSet: string;
  readonly lines: readonly string[];
  readonly readings: ReadonlyMap<number, AosmMatch>;
  readonly templateAt: (line: number) => string;
}

function readRendering({ text, valueSet }: Rendering): ReadRendering {
  const documents = splitDocuments(text);
  const templateAt = (line: number): string => documents.findLast(({ firstLine }) => firstLine <= line)?.template ?? '';
  const readings = matchLikeAzAosm(text).flatMap(({ line, reading }) =>
    reading && !isCrdFile(templateAt(line)) ? [[line, reading] as const] : [],
  );
  return { valueSet, lines: text.split('\n'), readings: new Map(readings), templateAt };
}

function compare(
  images: readonly DiscoveredImage[],
  renderings: readonly ReadRendering[],
): Pick<ChartComparison, 'right' | 'cases'> {
  const all = new Set(renderings.flatMap(({ readings }) => [...readings.values()].map(formatMatch)));
  const meant = new Set<string>();
  const missed: DiscoveredImage[] = [];
  for (const image of images) {
    const right = expectedMatch(image.image);
    if (right !== undefined && all.has(formatMatch(right))) meant.add(formatMatch(right));
    else missed.push(image);
  }
  const explained = new Set<string>();
  const cases = missed.flatMap((image): readonly AosmDifference[] => {
    const seen = image.uses.map((use) => compareUse(use, renderings, meant));
    const first = seen.find(({ difference }) => difference === 'misread') ?? seen[0];
    for (const { readAs } of seen) if (readAs !== undefined) explained.add(readAs);
    return first === undefined ? [] : [first];
  });
  const known = (reading: string): boolean => meant.has(reading) || explained.has(reading);
  return {
    right: images.length - missed.length,
    cases: [...cases, ...falsePositives(renderings, known)].sort(byDifference),
  };
}

function compareUse(use: ImageUse, renderings: readonly ReadRendering[], meant: ReadonlySet<string>): AosmDifference {
  const { image, template, line, valueSets } = use;
  const rendering = renderings.find(({ valueSet }) => valueSet === valueSets[0]);
  const context = { line: rendering?.lines[line - 1] ?? '', before: rendering?.lines[line - 2] ?? '' };
  const reading = rendering?.readings.get(line);
  const readAs = reading && truncate(formatMatch(reading), maximumMatchLength);
  // A correct match of another image is not a misread match of this one.
  const misread = readAs !== undefined && !meant.has(readAs);
  const reason = whyNotRead(use, context);
  return misread
    ? { difference: 'misread', image, readAs, reason, template, line }
    : { difference: 'lost', image, readAs: undefined, reason, template, line };
}

/** Each match once, at its first line. */
function falsePositives(
  renderings: readonly ReadRendering[],
  known: (reading: string) => boolean,
): readonly AosmDifference[] {
  const cases = new Map<string, AosmDifference>();
  for (const { lines, readings, templateAt } of renderings) {
    for (const [line, reading] of readings) {
      const image = truncate(formatMatch(reading), maximumMatchLength);
      if (known(image) || cases.has(image)) continue;
      const reason = whyInvented(lines[line - 1] ?? '');
      cases.set(image, { difference: 'invented', image, readAs: image, reason, template: templateAt(line), line });
    }
  }
  return [...cases.values()];
}

const order: Record<DifferenceKind, number> = { lost: 0, misread: 1, invented: 2 };

function byDifference(left: AosmDifference, right: AosmDifference): number {
  return order[left.difference] - order[right.difference] || left.line - right.line;
}
