import type { Platform } from '../core/oci/platform.ts';
import { formatReference, type RegistryReference } from '../core/oci/registry-reference.ts';
import type { ManifestDescriptor, Registries } from '../registry/client/registry.ts';
import { tagsForPlatform } from './architecture-tags.ts';
import { listPlatforms, matchesPlatform } from './image-platforms.ts';
import { orUndefined } from './lookup-manifest.ts';
import type { Resolution } from './resolution.ts';

type Found = Extract<Resolution, { status: 'found' }>;

/** Wanted platforms of an image, and those it is missing. */
interface MissingPlatforms {
  readonly wanted: readonly Platform[];
  readonly missing: readonly Platform[];
}

/** Maximum of other sources to check. */
const maximumOtherContents = 2;

/**
 * Suggests another source with the missing platforms, or a tag of one of them, after checking it. Undefined if there
 * is none or a registry fails. Throws only `cancelled`.
 */
export async function suggestForPlatforms(
  found: Found,
  missingPlatforms: MissingPlatforms,
  registries: Registries,
): Promise<string | undefined> {
  return (
    (await otherSource(found, missingPlatforms, registries)) ?? (await otherTag(found, missingPlatforms, registries))
  );
}

async function otherSource(
  { lookups, candidate, manifest }: Found,
  { wanted, missing }: MissingPlatforms,
  registries: Registries,
): Promise<string | undefined> {
  const others = lookups.flatMap((lookup) =>
    lookup.result === 'found' && lookup.manifest.digest !== manifest.digest ? [lookup] : [],
  );
  for (const other of others.slice(0, maximumOtherContents)) {
    const { reference, source } = other.candidate;
    const platforms = await orUndefined(listPlatforms(reference, other.manifest.digest, registries));
    if (platforms === undefined || !wanted.every((platform) => matchesPlatform(platforms, platform))) continue;
    const { text } = candidate.source;
    const remedy =
      source === candidate.source
        ? `push it to ${formatReference(candidate.reference)}`
        : `put ${source.text} before ${text} in image-sources, or push it to ${text}`;
    return `${formatReference(reference)} offers ${missing.join(', ')}: ${remedy}.`;
  }
  return undefined;
}

/** Checks single tags, because a tag list may be long. */
async function otherTag(
  { image, candidate }: Found,
  { missing }: MissingPlatforms,
  registries: Registries,
): Promise<string | undefined> {
  const { tag } = candidate.reference;
  const [platform] = missing;
  if (tag === undefined || platform === undefined || image.reference.digest !== undefined) return undefined;
  const references = tagsForPlatform(tag, platform).map(
    (other): RegistryReference => ({ ...candidate.reference, tag: other }),
  );
  const heads = await Promise.all(references.map((reference) => headOf(reference, registries)));
  for (const [index, location] of references.entries()) {
    const head = heads[index];
    const platforms = head && (await orUndefined(listPlatforms(location, head.digest, registries)));
    if (platforms === undefined || !matchesPlatform(platforms, platform)) continue;
    return `${formatReference(location)} exists for ${platform}: push an index of both as ${tag}, or use that tag where the chart runs on ${platform}.`;
  }
  return undefined;
}

async function headOf(
  { registry, repository, tag = '' }: RegistryReference,
  registries: Registries,
): Promise<ManifestDescriptor | undefined> {
  const response = await registries.get(registry).headManifest(repository, tag);
  return response.result === 'found' ? response.value : undefined;
}
