import { ChartImagesError } from '../../core/errors.ts';
import type { Digest } from '../../core/oci/digest.ts';
import { isIndex } from '../../core/oci/media-type.ts';
import { referrersIn } from '../../registry/client/referrers.ts';
import type { Manifest, Referrer, RegistryReader } from '../../registry/client/registry.ts';
import type { RepositoryHandle } from './copy-endpoints.ts';

/** Signatures, attestations, and SBOMs of an image, which are not part of its own graph. */
export interface Attachments {
  /** Manifests whose `subject` is the image. */
  readonly referrers: readonly Referrer[];
  /** Tags that cosign derives from its digest. */
  readonly tags: readonly string[];
}

/** Suffixes of cosign signatures, attestations, and SBOMs (sigstore/cosign specs/SIGNATURE_SPEC.md). */
const cosignSuffixes = ['.sig', '.att', '.sbom'] as const;

/** Finds the attachments of manifests. Lists the tags of each repository once. */
export interface ReferrerFinder {
  find(side: RepositoryHandle<RegistryReader>, digest: Digest): Promise<Attachments>;
}

export function createAttachmentFinder(): ReferrerFinder {
  const tagLists = new Map<string, Promise<ReadonlySet<string> | undefined>>();
  /** Hosts without the referrers API, so that they are not queried again for each image. */
  const withoutReferrers = new Set<string>();

  const tagsOf = ({
    registry,
    repository,
  }: RepositoryHandle<RegistryReader>): Promise<ReadonlySet<string> | undefined> => {
    const key = `${registry.host}/${repository}`;
    const list = tagLists.get(key) ?? listedReferrers(registry, repository);
    tagLists.set(key, list);
    return list;
  };

  /** The existing ones of these tags: by the tag list if it is readable, otherwise by one HEAD each. */
  const exists = async (
    side: RepositoryHandle<RegistryReader>,
    tags: readonly string[],
  ): Promise<readonly string[]> => {
    const known = await tagsOf(side);
    if (known !== undefined) return tags.filter((tag) => known.has(tag));
    const found = await Promise.all(tags.map((tag) => isThere(side, tag)));
    return tags.filter((_, index) => found[index]);
  };

  const referrersOf = async (side: RepositoryHandle<RegistryReader>, digest: Digest): Promise<readonly Referrer[]> => {
    const { registry, repository } = side;
    if (!withoutReferrers.has(registry.host)) {
      const list = await registry.listReferrers(repository, digest);
      if (list !== undefined) return list;
      withoutReferrers.add(registry.host);
    }
    const [tag] = await exists(side, [fallbackTag(digest)]);
    if (tag === undefined) return [];
    const index = await registry.getManifest(repository, tag);
    // A tag of this form may also be an ordinary image.
    return isIndex(index.mediaType) ? referrersUnder(tag, index, side) : [];
  };

  return {
    async find(side, digest) {
      const referrers = await referrersOf(side, digest);
      const names = cosignSuffixes.map((suffix) => `${fallbackTag(digest)}${suffix}`);
      return { referrers, tags: await exists(side, names) };
    },
  };
}

/** Tag of the referrers index if the registry has no API (OCI distribution-spec, "Referrers Tag Schema"). */
export function fallbackTag(digest: Digest): string {
  return digest.replace(':', '-').slice(0, 128);
}

/**
 * Entries of the index under a fallback tag. Throws `registry-answer` if it is not an index, because an update would
 * overwrite it.
 */
export function referrersUnder(
  tag: string,
  { mediaType, bytes }: Manifest,
  { registry, repository }: RepositoryHandle<Pick<RegistryReader, 'host'>>,
): readonly Referrer[] {
  const referrers = isIndex(mediaType) ? referrersIn(bytes) : undefined;
  if (referrers !== undefined) return referrers;
  const message = `Cannot read the referrers of an image: ${registry.host}/${repository}:${tag} is not an image index.`;
  throw new ChartImagesError('registry-answer', message, {
    advice: 'Delete or repair this tag, or set attachments to none.',
  });
}

/** Throws if the registry fails: an unchecked signature must not be skipped silently. */
async function isThere({ registry, repository }: RepositoryHandle<RegistryReader>, tag: string): Promise<boolean> {
  const head = await registry.headManifest(repository, tag);
  if (head.result === 'unknown') throw head.error;
  return head.result === 'found';
}

/** Undefined if the credentials cannot list tags, or if there are too many tags. */
async function listedReferrers(registry: RegistryReader, repository: string): Promise<ReadonlySet<string> | undefined> {
  try {
    return new Set(await registry.listTags(repository, 'all'));
  } catch (error) {
    if (!(error instanceof ChartImagesError) || error.code === 'cancelled') throw error;
    return undefined;
  }
}
