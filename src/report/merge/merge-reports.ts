import { ChartImagesError } from '../../core/errors.ts';
import { areShards } from './check-shards.ts';
import { nameCharts } from './name-charts.ts';
import type { NamedReport } from './read-reports.ts';
import type { ReadReport } from './report-schema.ts';

type Image = ReadReport['images'][number];

/**
 * Merges the reports of all shards of a run, or of runs over different charts, without duplicates. Throws
 * `invalid-input` if they conflict.
 */
export function mergeReports(read: readonly NamedReport[]): ReadReport {
  const reports = nameCharts(read);
  const parts = reports.map(({ report }) => report);
  const images = areShards(reports) ? mergeShardImages(parts) : mergeRunImages(reports);
  const ignored = distinct(parts.flatMap((part) => part.ignored ?? []));
  const aosm = distinct(parts.flatMap((part) => part.aosm ?? []));
  const delta = deltaOf(reports);
  return {
    version: 1,
    charts: chartsOf(reports),
    images,
    findings: distinct(parts.flatMap(({ findings }) => findings)),
    errors: distinct(parts.flatMap(({ errors }) => errors)),
    totals: { images: 0, found: 0, absent: 0, unknown: 0, copied: 0, bytes: 0 },
    ...(ignored.length === 0 ? {} : { ignored }),
    ...(aosm.length === 0 ? {} : { aosm }),
    ...(delta === undefined ? {} : { delta }),
  };
}

/** Every shard reports every image; only the one that copies it has its outcome. */
function mergeShardImages(parts: readonly ReadReport[]): Image[] {
  const merged = new Map<string, Image>();
  for (const { images, shard } of parts) {
    for (const image of images) {
      const isOwn = image.shard !== undefined && image.shard === shard?.index;
      if (isOwn || !merged.has(image.image)) merged.set(image.image, image);
    }
  }
  return [...merged.values()];
}

/** An image of several runs becomes one image with all uses. */
function mergeRunImages(reports: readonly NamedReport[]): Image[] {
  const byImage = new Map<string, [Reported, ...Reported[]]>();
  for (const { name, report } of reports) {
    for (const image of report.images) {
      const known = byImage.get(image.image);
      if (known === undefined) byImage.set(image.image, [{ name, image }]);
      else known.push({ name, image });
    }
  }
  return [...byImage.values()].map(combine);
}

/** Failures first, then results, then plans. */
const outcomePriority = ['failed', 'copied', 'skipped', 'planned', 'present', null] as const;

interface Reported {
  readonly name: string;
  readonly image: Image;
}

function combine(reported: readonly [Reported, ...Reported[]]): Image {
  const [one, ...others] = reported;
  for (const other of others) {
    for (const key of ['status', 'digest', 'source', 'target'] as const) {
      const [left, right] = [one.image[key], other.image[key]];
      if (left !== right) throw conflictError(one, other, `${left ?? `no ${key}`} and ${right ?? `no ${key}`}`);
    }
  }
  const images = reported.map(({ image }) => image);
  const [first = one.image] = images.toSorted(
    (a, b) => outcomePriority.indexOf(a.outcome) - outcomePriority.indexOf(b.outcome),
  );
  const origin = distinct(images.flatMap((image) => image.origin ?? []));
  return {
    ...first,
    uses: distinct(images.flatMap(({ uses }) => uses)),
    ...(origin.length === 0 ? {} : { origin }),
  };
}

function chartsOf(reports: readonly NamedReport[]): ReadReport['charts'] {
  const charts = new Map<string, { readonly name: string; readonly chart: ReadReport['charts'][number] }>();
  for (const { name, report } of reports) {
    for (const chart of report.charts) {
      const known = charts.get(chart.path);
      if (known === undefined) charts.set(chart.path, { name, chart });
      else if (known.chart.name !== chart.name || known.chart.version !== chart.version) {
        throw new ChartImagesError(
          'invalid-input',
          `Cannot merge the reports: ${known.name} and ${name} have different charts at ${chart.path}.`,
          { advice: 'Merge reports of the same version of the charts.' },
        );
      }
    }
  }
  return [...charts.values()].map(({ chart }) => chart);
}

/** Sizes cannot be added: two runs can be missing the same blobs. */
function deltaOf(reports: readonly NamedReport[]): ReadReport['delta'] {
  const deltas = distinct(reports.flatMap(({ report: { delta } }) => delta ?? []));
  const [first, ...others] = deltas;
  if (first === undefined || others.length === 0) return first;
  const stranger = others.find(({ base }) => base !== first.base);
  if (stranger !== undefined) {
    throw new ChartImagesError(
      'invalid-input',
      `Cannot merge the reports: they compare with different bases, ${first.base} and ${stranger.base}.`,
      { advice: 'Set the same base-ref in all runs.' },
    );
  }
  const inexact = deltas.find((delta) => delta.inexact !== undefined)?.inexact;
  return {
    base: first.base,
    ...sameCommit(deltas),
    added: distinct(deltas.flatMap(({ added }) => added)),
    removed: distinct(deltas.flatMap(({ removed }) => removed)),
    moved: distinct(deltas.flatMap(({ moved }) => moved)),
    bytes: null,
    unmeasured: 'each run measured only its own charts',
    ...(inexact === undefined ? {} : { inexact }),
  };
}

/** Jobs of one run compare with one commit, unless the base moved between them. */
function sameCommit(deltas: readonly NonNullable<ReadReport['delta']>[]): { readonly commit?: string } {
  const [commit, ...others] = distinct(deltas.map((delta) => delta.commit));
  return commit === undefined || others.length > 0 ? {} : { commit };
}

/** Equal values once, in order. */
function distinct<T>(values: readonly T[]): T[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}

function conflictError(one: Reported, other: Reported, what: string): ChartImagesError {
  return new ChartImagesError(
    'invalid-input',
    `Cannot merge the reports: ${one.name} and ${other.name} differ for ${one.image.image}: ${what}.`,
    {
      advice:
        'Merge reports of runs with the same sources and target. A lock-file keeps the digests of tags the same for all runs.',
    },
  );
}
