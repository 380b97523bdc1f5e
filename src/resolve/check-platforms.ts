import { createConcurrencyLimit } from '../core/concurrency-limit.ts';
import { type ChartImagesError, passingErrors } from '../core/errors.ts';
import type { Finding } from '../core/findings.ts';
import type { Platform } from '../core/oci/platform.ts';
import { formatReference } from '../core/oci/registry-reference.ts';
import type { Registries } from '../registry/client/registry.ts';
import {
  type IndexEntry,
  listPlatforms,
  lostPlatformAdvice,
  lostPlatforms,
  matchesPlatform,
} from './image-platforms.ts';
import { outageFindings } from './outage-findings.ts';
import type { Resolution, Resolutions } from './resolution.ts';
import type { ResolveOptions } from './resolve.ts';
import { suggestForPlatforms } from './suggest-platforms.ts';
import { formatUses } from './use-text.ts';

type Found = Extract<Resolution, { status: 'found' }>;

/** Maximum of images with suggestions. If more are missing a platform, they are not built for it at all. */
const maximumSuggested = 20;

/** Result of the platform check of one image. */
type PlatformCheck =
  | { readonly resolution: Resolution; readonly kind: 'plain' }
  | { readonly resolution: Found; readonly kind: 'unreadable'; readonly error: ChartImagesError }
  | { readonly resolution: Found; readonly kind: 'lacking'; readonly missing: readonly Platform[] }
  | { readonly resolution: Found; readonly kind: 'lost'; readonly lost: readonly IndexEntry[] };

/**
 * Checks the platforms of each found image. An image with an unreadable manifest is `unknown`. Sends no requests if
 * `wanted` is empty. Throws only `cancelled`.
 */
export async function checkPlatforms(
  resolutions: readonly Resolution[],
  wanted: readonly Platform[],
  registries: Registries,
  { concurrency }: ResolveOptions,
): Promise<Resolutions> {
  if (wanted.length === 0) return { resolutions, findings: [] };
  const limit = createConcurrencyLimit(concurrency);
  const checks = await Promise.all(resolutions.map((one) => limit(() => inspect(one, wanted, registries))));
  const advised = new Set(checks.filter(({ kind }) => kind === 'lacking').slice(0, maximumSuggested));
  const outages = outageFindings(
    checks.flatMap((one) => (one.kind === 'unreadable' ? [{ ...one.resolution, error: one.error, lookups: [] }] : [])),
    { answering: new Set(checks.flatMap(registryOfRead)), object: 'the platforms of' },
  );
  const findings = await Promise.all(
    checks.map((one) =>
      limit(async (): Promise<readonly Finding[]> => {
        switch (one.kind) {
          case 'plain':
            return [];
          case 'unreadable':
            return outages.get(one.resolution.image) ?? [];
          case 'lacking': {
            const remedy = advised.has(one)
              ? await suggestForPlatforms(one.resolution, { wanted, missing: one.missing }, registries)
              : undefined;
            return [platformFinding(one.resolution, one.missing, remedy ?? generalAdvice)];
          }
          case 'lost':
            return [lostFinding(one.resolution, one.lost)];
        }
      }),
    ),
  );
  return { resolutions: checks.map(({ resolution }) => resolution), findings: findings.flat() };
}

async function inspect(
  resolution: Resolution,
  wanted: readonly Platform[],
  registries: Registries,
): Promise<PlatformCheck> {
  if (resolution.status !== 'found') return { resolution, kind: 'plain' };
  try {
    const { candidate, manifest } = resolution;
    const platforms = await listPlatforms(candidate.reference, manifest.digest, registries);
    const missing = wanted.filter((platform) => !matchesPlatform(platforms, platform));
    const known = { ...resolution, platforms };
    if (missing.length > 0) return { resolution: known, kind: 'lacking', missing };
    const lost = await lostPlatforms(candidate.reference, manifest.digest, wanted, registries);
    return lost.length === 0 ? { resolution: known, kind: 'plain' } : { resolution: known, kind: 'lost', lost };
  } catch (thrown) {
    const [error] = passingErrors(thrown);
    return { resolution, kind: 'unreadable', error };
  }
}

/** The registry of an image whose platforms were read. */
function registryOfRead({ resolution, kind }: PlatformCheck): readonly string[] {
  return kind !== 'unreadable' && resolution.status === 'found' ? [resolution.candidate.reference.registry] : [];
}

const generalAdvice =
  'Use an image that is built for all of the platforms, or remove the platform from the input platforms.';

function platformFinding(
  { image, candidate, platforms = [] }: Found,
  missing: readonly Platform[],
  advice: string,
): Finding {
  return {
    code: 'platform',
    severity: 'warning',
    message: `${image.image} (used in ${formatUses(image)}) is missing ${missing.join(', ')}: ${formatReference(candidate.reference)} offers ${platforms.join(', ') || 'no platform'}.`,
    advice,
    image: image.image,
  };
}

function lostFinding({ image, candidate }: Found, lost: readonly IndexEntry[]): Finding {
  const entries = lost.map(({ platform, digest }) => `${platform} (${digest})`).join(', ');
  return {
    code: 'platform',
    severity: 'warning',
    message: `${image.image} (used in ${formatUses(image)}) is missing ${entries}: the index ${formatReference(candidate.reference)} lists it, and the registry no longer has it.`,
    advice: lostPlatformAdvice,
    image: image.image,
  };
}
