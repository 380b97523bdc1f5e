import { createConcurrencyLimit } from '../core/concurrency-limit.ts';
import type { ChartImagesError } from '../core/errors.ts';
import type { DiscoveredImage } from '../discovery/image-use.ts';
import type { Registries } from '../registry/client/registry.ts';
import { candidatesOf } from './candidates.ts';
import { createGracePeriod, type GracePeriod } from './grace-period.ts';
import type { Source } from './image-source.ts';
import { createCachedLookup, type LookupManifest } from './lookup-manifest.ts';
import type { Candidate, Lookup, Resolution, Resolutions } from './resolution.ts';
import { findingsOf } from './resolution-findings.ts';
import { suggestForAbsent } from './suggest.ts';

export interface ResolveOptions {
  /** Images looked for at once, 1 or more; requests to one registry are bounded by its client. */
  readonly concurrency: number;
  /** Called for each image that was looked for. */
  readonly onResolved?: () => void;
}

/** Looks for every image in the sources. Throws only `cancelled`: everything else becomes part of the answer. */
export async function resolveImages(
  images: readonly DiscoveredImage[],
  sources: readonly Source[],
  registries: Registries,
  options: ResolveOptions,
): Promise<Resolutions> {
  const lookupManifest = createCachedLookup(registries);
  const gracePeriod = createGracePeriod();
  const { concurrency } = options;
  const limit = createConcurrencyLimit(concurrency);
  const resolutions = await Promise.all(
    images.map((image) =>
      limit(async () => {
        const resolution = selectResult(image, await lookupAll(image, sources, lookupManifest, gracePeriod));
        options.onResolved?.();
        return resolution;
      }),
    ),
  );
  const advice = await suggestForAbsent(resolutions, { sources, registries, lookupManifest, concurrency });
  return { resolutions, findings: findingsOf(resolutions, advice) };
}

/** What there is to say when no registry may be asked (`resolve: false`). */
export function unresolvedAll(images: readonly DiscoveredImage[]): readonly Resolution[] {
  return images.map((image) => ({ status: 'unresolved', image, trace: [] }));
}

/**
 * Every place is asked, side by side, also those that come after a hit: other content there is something the author should
 * know, and waiting for one source after the other costs a round trip for each. Lookups behind a hit are not awaited for long.
 */
async function lookupAll(
  image: DiscoveredImage,
  sources: readonly Source[],
  lookupManifest: LookupManifest,
  gracePeriod: GracePeriod,
): Promise<readonly Lookup[]> {
  const asked = candidatesOf(image.reference, sources).map((candidate) => ({
    candidate,
    lookup: lookupCandidate(candidate, lookupManifest),
  }));
  // They are waited for one after the other; one that is canceled before its turn is reported then.
  for (const { lookup } of asked) lookup.catch(() => {});
  const trace: Lookup[] = [];
  for (const { candidate, lookup } of asked) {
    const isDecided = selectResult(image, trace).status === 'found';
    trace.push(await (isDecided ? gracePeriod.wait(candidate, lookup) : lookup));
  }
  return trace;
}

async function lookupCandidate(candidate: Candidate, lookupManifest: LookupManifest): Promise<Lookup> {
  const response = await lookupManifest(candidate.location);
  switch (response.result) {
    case 'found':
      return { result: 'found', candidate, manifest: response.value };
    case 'absent':
      return { result: 'absent', candidate, reason: response.reason };
    case 'unknown':
      return { result: 'unknown', candidate, error: response.error };
  }
}

/**
 * The first hit in order wins. A place that could not be asked makes the image unknown even when a later one has it:
 * the earlier one may hold other content, and copying that later one would be a wrong image.
 */
function selectResult(image: DiscoveredImage, trace: readonly Lookup[]): Resolution {
  const first = trace.find((lookup) => lookup.result !== 'absent' && !isDeniedVariant(lookup, trace));
  switch (first?.result) {
    case undefined:
    case 'absent':
      return { status: 'absent', image, trace };
    case 'found':
      return { status: 'found', image, trace, candidate: first.candidate, manifest: first.manifest };
    case 'unknown':
      return { status: 'unknown', image, trace };
  }
}

/**
 * Whether a registry refuses one form of the path and shows the other form in the same source. Credentials that are limited to
 * some repositories (scope maps, robot accounts) are refused `R/a` while they see `R/core/a`: what they see is what was meant,
 * and what they do not see could not be copied with them. Between two sources a refusal counts, as the user put that one first.
 */
function isDeniedVariant(lookup: Lookup, trace: readonly Lookup[]): boolean {
  if (lookup.result !== 'unknown' || !isRefusal(lookup.error)) return false;
  return trace.some((other) => other.result === 'found' && other.candidate.source === lookup.candidate.source);
}

function isRefusal({ code }: ChartImagesError): boolean {
  return code === 'unauthorized' || code === 'denied';
}
