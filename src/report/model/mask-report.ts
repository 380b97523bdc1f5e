import type { Finding } from '../../core/findings.ts';
import { type Mask, maskError, maskLocation } from './mask.ts';
import { maskImages } from './mask-images.ts';
import type { Report } from './report.ts';
import type { Row } from './row.ts';

/** The parts that rows and summary are made of. Formats show only these two. */
type UnshownParts = 'discovery' | 'resolutions' | 'plan' | 'outcomes' | 'push' | 'origins' | 'mergedRows';

/** The shown parts of a report, masked. */
export interface MaskedReport extends Omit<Report, UnshownParts> {
  readonly rows: readonly Row[];
}

/**
 * Masks texts and names before formatting, because formats escape and split them. Statuses, codes, severities, counts
 * and digests stay. Every field is listed, so that a new one does not compile without a decision how to mask it.
 */
export function maskReport(report: Report, rows: readonly Row[], mask: Mask): MaskedReport {
  const images = maskImages(report, rows, mask);
  const findings = (found: readonly Finding[]) => found.map((finding) => maskFinding(finding, mask, images.image));
  return {
    charts: report.charts.map((rendered) => maskChart(rendered, mask)),
    rows: images.rows,
    shard: report.shard,
    share: report.share && {
      ...report.share,
      shards: new Map([...report.share.shards].map(([image, shard]) => [images.image(image), shard])),
    },
    ignored: report.ignored.map(({ ignore, images: ignored, findings: others }) => ({
      ignore: {
        patterns: {},
        reason: mask.text(ignore.reason),
        until: ignore.until,
        location: maskLocation(ignore.location, mask),
      },
      images: ignored.map(({ image, uses }) => ({ image: images.image(image), uses: uses.map(images.use) })),
      findings: findings(others),
    })),
    findings: findings(report.findings),
    errors: report.errors.map((error) => maskError(error, mask)),
    registryValues: report.registryValues.map(({ chartPath, paths }) => ({
      chartPath: mask.name(chartPath),
      paths: paths.map(mask.name),
    })),
    aosm: report.aosm.map(({ chart, chartPath, right, cases }) => ({
      chart: mask.name(chart),
      chartPath: mask.name(chartPath),
      right,
      cases: cases.map(({ difference, image, readAs, reason, template, shownTemplate, line }) => ({
        difference,
        image: images.image(image),
        readAs: readAs && mask.name(readAs),
        reason: mask.text(reason),
        template: mask.name(template),
        ...(shownTemplate === undefined ? {} : { shownTemplate: mask.name(shownTemplate) }),
        line,
      })),
    })),
    delta: report.delta && maskDelta(report.delta, mask, images.image),
    unbased: report.unbased && mask.text(report.unbased),
    // Later steps read this path.
    lockFile: report.lockFile,
  };
}

function maskFinding(finding: Finding, mask: Mask, maskImage: (image: string) => string): Finding {
  const { code, severity, message, advice, image, images, attachments, part, file, line, age, optional } = finding;
  return {
    ...{ code, severity, message: mask.text(message), advice: mask.text(advice) },
    ...(image === undefined ? {} : { image: maskImage(image) }),
    ...(images === undefined ? {} : { images: images.map(maskImage) }),
    ...(attachments === undefined
      ? {}
      : { attachments: attachments.map((one) => ({ image: maskImage(one.image), name: mask.name(one.name) })) }),
    ...(part === undefined ? {} : { part }),
    ...(file === undefined ? {} : { file: mask.name(file) }),
    ...(line === undefined ? {} : { line }),
    ...(age === undefined ? {} : { age }),
    ...(optional === undefined ? {} : { optional }),
  };
}

function maskChart({ chart, helmVersion }: Report['charts'][number], mask: Mask): Report['charts'][number] {
  const { metadata, displayPath, path, kind, isNamesake, valueSets, readFile } = chart;
  return {
    chart: {
      metadata: {
        name: mask.name(metadata.name),
        version: mask.name(metadata.version),
        type: metadata.type,
        // No format shows the rest.
        ...{ kubeVersion: undefined, annotations: {}, dependencies: [] },
      },
      displayPath: mask.name(displayPath),
      path: mask.name(path),
      kind,
      ...(isNamesake && { isNamesake }),
      valueSets: valueSets.map(({ name }) => ({ name: mask.name(name), valueFiles: [], set: [] })),
      readFile,
    },
    helmVersion,
  };
}

function maskDelta(
  { base, commit, inexact, added, removed, moved, bytes, unmeasured }: NonNullable<Report['delta']>,
  { text, name }: Mask,
  maskImage: (image: string) => string,
): NonNullable<Report['delta']> {
  return {
    base: name(base),
    commit,
    inexact: inexact && text(inexact),
    added: added.map((one) => ({ image: maskImage(one.image), charts: one.charts.map(name), bytes: one.bytes })),
    removed: removed.map((one) => ({ image: maskImage(one.image), charts: one.charts.map(name) })),
    moved: moved.map((one) => ({
      image: name(one.image),
      from: name(one.from),
      to: maskImage(one.to),
      charts: one.charts.map(name),
      bytes: one.bytes,
    })),
    bytes,
    ...(unmeasured === undefined ? {} : { unmeasured: text(unmeasured) }),
  };
}
