import { ChartImagesError } from '../../core/errors.ts';
import { parseDigest } from '../../core/oci/digest.ts';
import type { ImageUse } from '../../discovery/image-use.ts';
import type { Chart } from '../../helm/charts/chart.ts';
import { markNamesakes, shownTemplate } from '../../helm/charts/namesakes.ts';
import type { ManifestDescriptor } from '../../registry/client/registry.ts';
import type { ImageDiff } from '../../resolve/diff/image-diff.ts';
import { emptyReport, type Report } from '../model/report.ts';
import type { Row } from '../model/row.ts';
import { setsOfCharts, usagesOf } from '../model/usage.ts';
import type { ValueLocation } from '../model/value-sources.ts';
import type { ReadReport } from './report-schema.ts';

type Use = ReadReport['images'][number]['uses'][number];

/** Converts `images.json` to a report. */
export function reportFromJson(read: ReadReport): Report {
  const marked = markNamesakes(read.charts.map(chartOf));
  const charts = marked.map((chart, index) => ({ chart, helmVersion: read.charts[index]?.helm ?? '' }));
  const paths = new Map(read.charts.map(({ name, path }) => [name, path]));
  const sets = setsOfCharts(charts);
  const useOf = (image: string, confidence: ImageUse['confidence'], use: Use): ImageUse => {
    const { chart, chartPath, valueSets, template, kind, name, path, line, rule, optionalBy } = use;
    const own = { chart, chartPath: chartPath ?? paths.get(chart) ?? chart };
    const location = { valueSets, template, kind, name, path, line, rule, confidence };
    const namesake = { isNamesake: true, metadata: { name: chart }, displayPath: own.chartPath } as const;
    const shown = chartPath === undefined ? {} : { shownTemplate: shownTemplate(namesake, template) };
    return { image, ...own, ...location, ...shown, ...(optionalBy === undefined ? {} : { optionalBy }) };
  };
  const rows = read.images.map((image): Row => {
    const uses = image.uses.map((use) => useOf(image.image, image.confidence, use));
    return {
      image: image.image,
      confidence: image.confidence,
      status: image.status,
      source: image.source ?? undefined,
      foundIn: image.source?.split('/')[0],
      manifest: manifestOf(image),
      platforms: image.platforms,
      target: image.target ?? undefined,
      outcome: image.outcome,
      elsewhere: undefined,
      bytes: image.bytes ?? 0,
      lookups: image.trace.map(({ candidate, result, reason = '' }) => ({ reference: candidate, result, reason })),
      uses,
      usedBy: usagesOf(uses, sets),
      origins: (image.origin ?? []).map(({ chartPath, values }) => ({
        ...{ image: image.image, chartPath },
        values: values.map(({ parts, path, from, ...location }) => {
          return { parts, path, ...(from && { from }), at: valueLocation(location) };
        }),
      })),
      reason: image.reason,
    };
  });
  return {
    ...emptyReport,
    charts,
    mergedRows: rows,
    ignored: (read.ignored ?? []).map(({ reason, until, file, line, images, findings }) => ({
      ignore: {
        patterns: {},
        reason,
        until: until ?? undefined,
        location: { file, ...(line === null ? {} : { line }) },
      },
      images: images.map(({ image, uses }) => ({ image, uses: uses.map((use) => useOf(image, 'certain', use)) })),
      findings: findings.map(omitNull),
    })),
    findings: read.findings.map(omitNull),
    errors: read.errors.map(errorOf),
    push: read.images.some(({ outcome }) => outcome === 'copied' || outcome === 'failed'),
    registryValues: read.charts.flatMap(({ path, registryValuesPaths }) =>
      registryValuesPaths === undefined ? [] : [{ chartPath: path, paths: registryValuesPaths }],
    ),
    aosm: (read.aosm ?? []).map(({ chart, path, right, cases }) => ({
      chart,
      chartPath: path,
      right,
      cases: cases.map(({ fault, ...one }) => ({ ...one, difference: fault, readAs: one.readAs ?? undefined })),
    })),
    delta: read.delta && deltaOf(read.delta),
  };
}

function deltaOf(delta: NonNullable<ReadReport['delta']>): ImageDiff {
  const { base, commit, inexact, added, removed, moved, bytes, unmeasured } = delta;
  return {
    base,
    commit,
    inexact,
    added: added.map((one) => ({ ...one, bytes: one.bytes ?? undefined })),
    removed,
    moved: moved.map((one) => ({ ...one, bytes: one.bytes ?? undefined })),
    bytes: bytes ?? undefined,
    ...(unmeasured === undefined ? {} : { unmeasured }),
  };
}

function chartOf({ name, version, path, valueSets }: ReadReport['charts'][number]): Chart {
  return {
    metadata: { name, version, type: 'application', kubeVersion: undefined, annotations: {}, dependencies: [] },
    displayPath: path,
    path,
    kind: /\.(?:tgz|tar|tar\.gz)$/i.test(path) ? 'archive' : 'folder',
    valueSets: valueSets.map((set) => ({ name: set, valueFiles: [], set: [] })),
    readFile: async () => undefined,
  };
}

type LocationJson = Pick<
  NonNullable<ReadReport['images'][number]['origin']>[number]['values'][number],
  'file' | 'line' | 'inside'
>;

function valueLocation({ file, line, inside }: LocationJson): ValueLocation {
  if (file === null) return { in: 'set' };
  return inside === undefined
    ? { in: 'file', file, line: line ?? 1 }
    : { in: 'archive', file, ...(line === null ? {} : { line }), inside };
}

function manifestOf({ digest, mediaType, size }: ReadReport['images'][number]): ManifestDescriptor | undefined {
  const read = parseDigest(digest ?? '');
  return !read.ok || mediaType === null || size === null ? undefined : { digest: read.value, mediaType, size };
}

/** Omits undefined keys. */
function omitNull({
  image,
  images,
  toggles,
  attachments,
  file,
  line,
  age,
  ...rest
}: ReadReport['findings'][number]): Report['findings'][number] {
  return {
    ...rest,
    ...(image === undefined ? {} : { image }),
    ...(images === undefined ? {} : { images }),
    ...(toggles === undefined ? {} : { toggles }),
    ...(attachments === undefined ? {} : { attachments }),
    ...(file === undefined ? {} : { file }),
    ...(line === undefined ? {} : { line }),
    ...(age === undefined ? {} : { age }),
  };
}

function errorOf({ code, message, advice, file, line, column }: ReadReport['errors'][number]): ChartImagesError {
  const location =
    file === undefined
      ? undefined
      : { file, ...(line === undefined ? {} : { line }), ...(column === undefined ? {} : { column }) };
  return new ChartImagesError(code, message, { advice, location });
}
