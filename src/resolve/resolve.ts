import { createConcurrencyLimit } from '../core/concurrency-limit.ts';
import type { ChartImagesError } from '../core/errors.ts';
import type { DiscoveredImage } from '../discovery/image-use.ts';
import type { Registries } from '../registry/client/registry.ts';
import { candidatesOf } from './candidates.ts';
import { createGracePeriod, type GracePeriod } from './grace-period.ts';
import type { Source } from './image-source.ts';
import { createCachedLookup, type LookupManifest } from './lookup-manifest.ts';
import { formsOf, type PathForm, type PathRule, possibleForms, wholePaths } from './path-rule.ts';
import type { Candidate, Lookup, Resolution, Resolutions } from './resolution.ts';
import { findingsOf } from './resolution-findings.ts';
import { suggestForAbsent } from './suggest.ts';

export interface ResolveOptions {
  /** Maximum of concurrent images, 1 or more. The client limits requests per registry. */
  readonly concurrency: number;
  /** By default, paths are taken whole. */
  readonly pathRule?: PathRule;
  /** Called after each image. */
  readonly onResolved?: () => void;
}

/** Looks up every image in the sources. Throws only `cancelled`. Other errors are part of the result. */
export async function resolveImages(
  images: readonly DiscoveredImage[],
  sources: readonly Source[],
  registries: Registries,
  options: ResolveOptions,
): Promise<Resolutions> {
  const lookupManifest = createCachedLookup(registries);
  const gracePeriod = createGracePeriod();
  const { concurrency, pathRule = wholePaths } = options;
  const limit = createConcurrencyLimit(concurrency);
  const resolutions = await Promise.all(
    images.map((image) =>
      limit(async () => {
        const asked = { sources, pathRule, lookupManifest, gracePeriod };
        const resolution = await resolveImage(image, asked);
        options.onResolved?.();
        return resolution;
      }),
    ),
  );
  const advice = await suggestForAbsent(resolutions, { sources, pathRule, registries, lookupManifest, concurrency });
  return { resolutions, findings: findingsOf(resolutions, advice) };
}

/** Resolutions without lookups (`resolve: false`). */
export function unresolvedAll(images: readonly DiscoveredImage[]): readonly Resolution[] {
  return images.map((image) => ({ status: 'unresolved', image, lookups: [] }));
}

interface LookupDeps {
  readonly sources: readonly Source[];
  readonly pathRule: PathRule;
  readonly lookupManifest: LookupManifest;
  readonly gracePeriod: GracePeriod;
}

async function resolveImage(image: DiscoveredImage, deps: LookupDeps): Promise<Resolution> {
  const { sources, pathRule, lookupManifest } = deps;
  // Helm traces the values meanwhile. Lookups are cached, so the ones below wait for these.
  for (const { reference } of candidatesOf(image.reference, sources, possibleForms(image.reference, pathRule))) {
    lookupManifest(reference).catch(() => {});
  }
  const { order, first } = await formsOf(image, pathRule);
  const resolution = selectResult(image, await lookupAll(image, order, deps));
  return first === undefined ? resolution : { ...resolution, first };
}

/**
 * Looks up all candidates in parallel, also those after a match, because different content there is reported. Lookups
 * after a match get a short grace period.
 */
async function lookupAll(
  image: DiscoveredImage,
  order: readonly PathForm[],
  { sources, lookupManifest, gracePeriod }: LookupDeps,
): Promise<readonly Lookup[]> {
  const asked = candidatesOf(image.reference, sources, order).map((candidate) => ({
    candidate,
    lookup: lookupCandidate(candidate, lookupManifest),
  }));
  // Awaited in order below, so an early rejection would count as unhandled.
  for (const { lookup } of asked) lookup.catch(() => {});
  const lookups: Lookup[] = [];
  for (const { candidate, lookup } of asked) {
    const isDecided = selectResult(image, lookups).status === 'found';
    lookups.push(await (isDecided ? gracePeriod.wait(candidate, lookup) : lookup));
  }
  return lookups;
}

async function lookupCandidate(candidate: Candidate, lookupManifest: LookupManifest): Promise<Lookup> {
  const response = await lookupManifest(candidate.reference);
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
 * The first match wins. A failed lookup before it makes the image unknown, because that source may have other content.
 */
function selectResult(image: DiscoveredImage, lookups: readonly Lookup[]): Resolution {
  const first = lookups.find((lookup) => lookup.result !== 'absent' && !isDeniedVariant(lookup, lookups));
  switch (first?.result) {
    case undefined:
    case 'absent':
      return { status: 'absent', image, lookups };
    case 'found':
      return { status: 'found', image, lookups, candidate: first.candidate, manifest: first.manifest };
    case 'unknown':
      return { status: 'unknown', image, lookups };
  }
}

/**
 * Whether access to the path without its first component is denied and the same source has the whole path. Credentials
 * limited to some repositories (scope maps, robot accounts) deny `R/a` but allow `R/core/a`. The reverse counts: the
 * whole path is what the chart writes. Between sources, a denied earlier source counts.
 */
function isDeniedVariant(lookup: Lookup, lookups: readonly Lookup[]): boolean {
  const { candidate } = lookup;
  if (lookup.result !== 'unknown' || candidate.form === 'whole' || !isRefusal(lookup.error)) return false;
  return lookups.some((other) => other.result === 'found' && other.candidate.source === candidate.source);
}

function isRefusal({ code }: ChartImagesError): boolean {
  return code === 'unauthorized' || code === 'denied';
}
