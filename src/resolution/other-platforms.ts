import { formatLocation, type Location } from '../image/location.ts';
import type { Platform } from '../image/platform.ts';
import type { ManifestHead, Registries } from '../registry/registry.ts';
import { tagsForPlatform } from './architecture-tags.ts';
import { offeredPlatforms, offers } from './offered-platforms.ts';
import { orUntold } from './or-untold.ts';
import type { Resolution } from './resolution.ts';

type Found = Extract<Resolution, { status: 'found' }>;

/** What is asked of an image, and what of it the image does not offer. */
interface Lack {
  readonly wanted: readonly Platform[];
  readonly missing: readonly Platform[];
}

/** Other content of the name that is looked into: one or two more sources. */
const mostOtherContents = 2;

/**
 * Advice for an image that lacks platforms: another source whose content of that name offers them, or a tag in its repository
 * that is for one of them alone. Told only after looking into it; undefined where there is none, or where a registry does not
 * tell. Throws only `cancelled`.
 */
export async function adviseOnPlatforms(found: Found, lack: Lack, registries: Registries): Promise<string | undefined> {
  return (await otherSource(found, lack, registries)) ?? (await otherTag(found, lack, registries));
}

async function otherSource(
  { trace, candidate, manifest }: Found,
  { wanted, missing }: Lack,
  registries: Registries,
): Promise<string | undefined> {
  const others = trace.flatMap((lookup) =>
    lookup.result === 'found' && lookup.manifest.digest !== manifest.digest ? [lookup] : [],
  );
  for (const other of others.slice(0, mostOtherContents)) {
    const { location, source } = other.candidate;
    const platforms = await orUntold(offeredPlatforms(location, other.manifest.digest, registries));
    if (platforms === undefined || !wanted.every((platform) => offers(platforms, platform))) continue;
    const { text } = candidate.source;
    const way =
      source === candidate.source
        ? `push it to ${formatLocation(candidate.location)}`
        : `put ${source.text} before ${text} in image-sources, or push it to ${text}`;
    return `${formatLocation(location)} offers ${missing.join(', ')}: ${way}.`;
  }
  return undefined;
}

/** Asks for tags and lists none: a list of tags may be long, and these are few. */
async function otherTag(
  { image, candidate }: Found,
  { missing }: Lack,
  registries: Registries,
): Promise<string | undefined> {
  const { tag } = candidate.location;
  const [platform] = missing;
  if (tag === undefined || platform === undefined || image.reference.digest !== undefined) return undefined;
  const places = tagsForPlatform(tag, platform).map((other): Location => ({ ...candidate.location, tag: other }));
  const heads = await Promise.all(places.map((place) => headOf(place, registries)));
  for (const [index, place] of places.entries()) {
    const head = heads[index];
    const platforms = head && (await orUntold(offeredPlatforms(place, head.digest, registries)));
    if (platforms === undefined || !offers(platforms, platform)) continue;
    return `${formatLocation(place)} is there for ${platform}: push an index of both under ${tag}, or name that tag where the chart runs on ${platform}.`;
  }
  return undefined;
}

async function headOf(
  { registry, repository, tag = '' }: Location,
  registries: Registries,
): Promise<ManifestHead | undefined> {
  const answer = await registries.at(registry).headManifest(repository, tag);
  return answer.result === 'found' ? answer.value : undefined;
}
