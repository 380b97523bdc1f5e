import type { Finding } from '../../core/findings.ts';
import type { ChartComparison } from '../../discovery/az-aosm/comparison.ts';
import type { ImageUse } from '../../discovery/image-use.ts';
import type { Ignored } from '../../discovery/policy/policy.ts';
import type { Shard, ShardAssignment } from '../../mirror/plan/shard.ts';
import type { ImageDiff } from '../../resolve/diff/image-diff.ts';
import type { Report } from '../model/report.ts';
import type { ReportView } from '../model/report-view.ts';
import type { Row } from '../model/row.ts';
import type { ImageValueSources, ValueLocation } from '../model/value-sources.ts';
import type {
  AosmJson,
  ChartJson,
  DeltaJson,
  FindingJson,
  IgnoredJson,
  ImageJson,
  ImagesJson,
  OriginJson,
  ShardJson,
  UseJson,
} from './json-types.ts';

/** The report for other programs. Every key is listed explicitly, because keys and their order are a contract. */
export function reportJson(report: ReportView): ImagesJson {
  const named = chartNames(report.charts);
  const { images, found, absent, unknown, copied, bytes } = report.totals;
  const registryValues = new Map(report.registryValues.map(({ chartPath, paths }) => [chartPath, paths]));
  return {
    version: 1,
    charts: report.charts.map(({ chart, helmVersion }) => ({
      name: chart.metadata.name,
      version: chart.metadata.version,
      path: chart.displayPath,
      valueSets: chart.valueSets.map((set) => set.name),
      helm: helmVersion,
      ...pathsJson(registryValues.get(chart.displayPath)),
    })),
    images: report.rows.map((row) => imageJson(row, report.share?.shards.get(row.image), named)),
    findings: report.findings.map(findingJson),
    errors: report.errors.map(({ code, message, advice, location }) => ({ code, message, advice, ...location })),
    totals: { images, found, absent, unknown, copied, bytes },
    ...(report.shard === undefined ? {} : { shard: shardJson(report.shard, report.share) }),
    ...(report.ignored.length === 0 ? {} : { ignored: report.ignored.map((one) => ignoredJson(one, named)) }),
    ...(report.aosm.length === 0 ? {} : { aosm: report.aosm.map(aosmJson) }),
    ...(report.delta === undefined ? {} : { delta: deltaJson(report.delta) }),
  };
}

function shardJson({ index, total }: Shard, share: ShardAssignment | undefined): ShardJson {
  return { index, total, division: share?.division ?? null };
}

function pathsJson(paths: readonly string[] | undefined): Pick<ChartJson, 'registryValuesPaths'> {
  return paths === undefined ? {} : { registryValuesPaths: paths };
}

function deltaJson({ base, commit, inexact, added, removed, moved, bytes, unmeasured }: ImageDiff): DeltaJson {
  return {
    base,
    ...(commit === undefined ? {} : { commit }),
    ...(inexact === undefined ? {} : { inexact }),
    added: added.map(({ image, charts, bytes: own }) => ({ image, charts, bytes: own ?? null })),
    removed: removed.map(({ image, charts }) => ({ image, charts })),
    moved: moved.map(({ image, from, to, charts, bytes: own }) => ({ image, from, to, charts, bytes: own ?? null })),
    bytes: bytes ?? null,
    ...(unmeasured === undefined ? {} : { unmeasured }),
  };
}

/** The text of `images.json`, with a final line break. */
export function toJson(report: ReportView): string {
  return `${JSON.stringify(reportJson(report), undefined, 2)}\n`;
}

function imageJson(row: Row, shard: number | undefined, named: ChartNames): ImageJson {
  return {
    image: row.image,
    confidence: row.confidence,
    uses: row.uses.map((use) => useJson(use, named)),
    status: row.status,
    source: row.source ?? null,
    digest: row.manifest?.digest ?? null,
    mediaType: row.manifest?.mediaType ?? null,
    size: row.manifest?.size ?? null,
    ...(row.platforms === undefined ? {} : { platforms: row.platforms }),
    trace: row.lookups.map(({ reference, result, reason }) => ({
      candidate: reference,
      result,
      ...(reason === '' ? {} : { reason }),
    })),
    target: row.target ?? null,
    outcome: row.outcome,
    ...(row.outcome === 'copied' ? { bytes: row.bytes } : {}),
    ...(row.reason === undefined || row.reason === '' ? {} : { reason: row.reason }),
    ...(shard === undefined ? {} : { shard }),
    ...(row.origins.length === 0 ? {} : { origin: row.origins.map(originJson) }),
  };
}

/** How many charts have each name. */
type ChartNames = ReadonlyMap<string, number>;

function chartNames(charts: Report['charts']): ChartNames {
  const names = new Map<string, number>();
  for (const { chart } of charts) names.set(chart.metadata.name, (names.get(chart.metadata.name) ?? 0) + 1);
  return names;
}

function useJson(use: ImageUse, named: ChartNames): UseJson {
  const { chart, chartPath, valueSets, template, kind, name, path, line, rule, optionalBy } = use;
  return {
    chart,
    ...((named.get(chart) ?? 0) > 1 ? { chartPath } : {}),
    ...{ valueSets, template, kind, name, path, line, rule },
    ...(optionalBy === undefined ? {} : { optionalBy }),
  };
}

function findingJson(finding: Finding): FindingJson {
  const { code, severity, message, advice, image, images, toggles, attachments, file, line, age } = finding;
  return {
    code,
    severity,
    message,
    advice,
    ...(image === undefined ? {} : { image }),
    ...(images === undefined ? {} : { images }),
    ...(toggles === undefined ? {} : { toggles }),
    ...(attachments === undefined ? {} : { attachments }),
    ...(file === undefined ? {} : { file }),
    ...(line === undefined ? {} : { line }),
    ...(age === undefined ? {} : { age }),
  };
}

function ignoredJson({ ignore, images, findings }: Ignored, named: ChartNames): IgnoredJson {
  const { reason, until, location } = ignore;
  return {
    reason,
    until: until ?? null,
    file: location.file,
    line: location.line ?? null,
    images: images.map(({ image, uses }) => ({ image, uses: uses.map((use) => useJson(use, named)) })),
    findings: findings.map(findingJson),
  };
}

function aosmJson({ chart, chartPath, right, cases }: ChartComparison): AosmJson {
  return {
    chart,
    path: chartPath,
    right,
    cases: cases.map(({ difference, image, readAs, reason, template, line }) => {
      return { fault: difference, image, readAs: readAs ?? null, reason, template, line };
    }),
  };
}

function originJson({ chartPath, values }: ImageValueSources): OriginJson {
  return { chartPath, values: values.map(({ at, ...value }) => ({ ...value, ...locationJson(at) })) };
}

function locationJson(at: ValueLocation): Pick<OriginJson['values'][number], 'file' | 'line' | 'inside'> {
  switch (at.in) {
    case 'file':
      return { file: at.file, line: at.line };
    case 'archive':
      return { file: at.file, line: at.line ?? null, inside: at.inside };
    case 'set':
      return { file: null, line: null };
  }
}
