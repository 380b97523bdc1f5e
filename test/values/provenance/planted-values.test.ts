import { describe, expect, it } from 'vitest';
import { movedReference } from '../../../src/values/overlay/overlay-plan.ts';
import { helms } from '../../support/charts.ts';
import { atMirror, overlayOf, renderedWith } from '../overlay/overlay-fixtures.ts';
import { plantedChart } from './planted-chart.ts';
import { formatSegments, originsIn } from './provenance-fixtures.ts';

const [, { helm }] = helms;

/** `PLANTED_CHARTS=200 npx vitest run …` for a long search, `PLANTED_SEED=17` for another or a failing chart. */
const count = Number(process.env['PLANTED_CHARTS'] ?? 3);
const firstSeed = Number(process.env['PLANTED_SEED'] ?? 1);
const seeds = Array.from({ length: count }, (_, index) => firstSeed + index);

describe('in a generated chart, the planted values are found and moved:', () => {
  it.each(seeds)('seed %i', { timeout: 120_000 }, async (seed) => {
    const planted = plantedChart(seed);
    const made = await overlayOf(helm, planted.files);
    const [origins] = await originsIn(made.shop);
    expect(Object.fromEntries(origins?.uses.map((use) => [use.use.image, formatSegments(use)]) ?? [])).toEqual(
      Object.fromEntries(planted.images.map(({ image, segments }) => [image, segments])),
    );
    expect(made.stuck.map(({ use }) => use.image).sort()).toEqual(
      planted.images.flatMap(({ image, isMovable }) => (isMovable ? [] : [image])).sort(),
    );
    const wanted = planted.images.map(({ image, isMovable }) => {
      const to = atMirror(image);
      return isMovable && to !== undefined ? movedReference(image, to) : image;
    });
    expect([...(await renderedWith(made)).images].sort()).toEqual(wanted.sort());
    expect(made.sideEffects).toEqual([]);
  });
});
