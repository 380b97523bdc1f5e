import type { ImageReference } from '../../core/oci/reference.ts';
import { formatReference, type RegistryReference } from '../../core/oci/registry-reference.ts';
import { joinWithLimit } from '../../core/text.ts';
import type { DiscoveredImage } from '../../discovery/image-use.ts';
import type { Outcome, PlannedCopy } from '../../mirror/plan/plan.ts';
import type { Candidate, Lookup, Resolution } from '../../resolve/resolution.ts';
import { stripFullStop } from '../../resolve/use-text.ts';
import type { Report } from './report.ts';
import type { LookupEntry, Row, RowOutcome } from './row.ts';
import { setsOfCharts, usagesOf, type ValueSetsByChart } from './usage.ts';
import type { ImageValueSources } from './value-sources.ts';

/** One row for each image, in discovery order. Images that the run did not look up are `unresolved`. */
export function rowsOf(report: Report): readonly Row[] {
  if (report.mergedRows !== undefined) return report.mergedRows;
  const resolutions = new Map(report.resolutions.map((resolution) => [resolution.image.image, resolution]));
  const copies = new Map(report.plan?.copies.map((copy) => [copy.image.image, copy]));
  const outcomes = new Map(report.outcomes.map((outcome) => [outcome.copy.image.image, outcome]));
  const origins = new Map<string, ImageValueSources[]>(report.discovery.images.map((image) => [image.image, []]));
  for (const origin of report.origins) origins.get(origin.image)?.push(origin);
  const sets = setsOfCharts(report.charts);
  return report.discovery.images.map((image) => ({
    ...rowOf(image, sets, resolutions.get(image.image), copies.get(image.image), outcomes.get(image.image)),
    elsewhere: copiedByOtherShard(report, image),
    origins: origins.get(image.image) ?? [],
  }));
}

function rowOf(
  image: DiscoveredImage,
  sets: ValueSetsByChart,
  resolution: Resolution | undefined,
  planned: PlannedCopy | undefined,
  outcome: Outcome | undefined,
): Omit<Row, 'origins' | 'elsewhere'> {
  const copy = outcome?.copy ?? planned;
  const found = resolution?.status === 'found' ? resolution : undefined;
  return {
    image: image.image,
    confidence: image.confidence,
    status: resolution?.status ?? 'unresolved',
    source: found && shortReference(found.candidate.reference, image.reference),
    foundIn: found && entryOf(found.candidate),
    manifest: found?.manifest,
    platforms: found?.platforms,
    target: copy && shortReference(copy.to),
    outcome: outcome?.result ?? (copy ? plannedOutcome(copy) : null),
    ...(outcome?.result === 'failed' && outcome.error.code === 'cancelled' ? { interrupted: true } : {}),
    bytes: outcome?.result === 'copied' ? outcome.bytes : 0,
    lookups: resolution?.lookups.map(lookedAt) ?? [],
    uses: image.uses,
    usedBy: usagesOf(image.uses, sets),
    reason: reasonOf(resolution, copy, outcome),
  };
}

function copiedByOtherShard({ share }: Report, { image }: DiscoveredImage): number | undefined {
  const shard = share?.shards.get(image);
  return shard === share?.index ? undefined : shard;
}

function entryOf({ source, reference }: Candidate): string {
  return source.kind === 'upstream' ? reference.registry : source.text;
}

/**
 * The digest has its own column. The location contains it only if it identifies the image: without a tag, or if the
 * reference has both.
 */
function shortReference(full: RegistryReference, reference?: ImageReference): string {
  const isNamedByDigest = full.tag === undefined || reference?.digest !== undefined;
  return formatReference(isNamedByDigest ? full : { ...full, digest: undefined });
}

function plannedOutcome(copy: PlannedCopy): RowOutcome {
  switch (copy.step.action) {
    case 'copy':
      return 'planned';
    case 'exists':
      return 'present';
    case 'skip':
      return 'skipped';
    case 'conflict':
    case 'unknown':
      return null;
  }
}

function lookedAt(lookup: Lookup): LookupEntry {
  const reference = formatReference(lookup.candidate.reference);
  switch (lookup.result) {
    case 'found':
      return { reference, result: 'found', reason: '' };
    case 'absent':
      return { reference, result: 'absent', reason: lookup.reason };
    case 'unknown':
      return { reference, result: 'unknown', reason: stripFullStop(lookup.error.message) };
  }
}

/** Maximum reasons of one image; sources rarely have more different ones. */
const shownReasons = 3;

function reasonOf(
  resolution: Resolution | undefined,
  copy: PlannedCopy | undefined,
  outcome: Outcome | undefined,
): string | undefined {
  if (outcome?.result === 'failed') return outcome.error.message;
  if (copy?.step.action === 'conflict') return copy.step.reason;
  if (copy?.step.action === 'unknown') return copy.step.error.message;
  const { status, lookups } = resolution ?? { status: 'unresolved', lookups: [] };
  if (status !== 'absent' && status !== 'unknown') return undefined;
  const failed = lookups.map(lookedAt).filter((looked) => looked.result === status);
  return joinWithLimit([...new Set(failed.map((looked) => looked.reason))], shownReasons, '; ');
}
