import { ChartImagesError, passingErrors, rootCause } from '../../core/errors.ts';
import type { Digest } from '../../core/oci/digest.ts';
import { isIndex } from '../../core/oci/media-type.ts';
import { referrersIn } from '../../registry/client/referrers.ts';
import type { Manifest, Referrer, RegistryReader } from '../../registry/client/registry.ts';
import type { AttachmentFailure } from '../plan/plan.ts';
import { formatRepository, type RepositoryHandle } from './copy-endpoints.ts';
import { createTagFinder } from './derived-tags.ts';

/** Signatures, attestations, and SBOMs of an image, which are not part of its own graph. */
export interface Attachments {
  /** Manifests whose `subject` is the image. */
  readonly referrers: readonly Referrer[];
  /** Tags that cosign derives from its digest. */
  readonly tags: readonly string[];
  /** Lists and tags that could not be read, so that attachments may be missing. */
  readonly failures: readonly AttachmentFailure[];
}

/** Suffixes of cosign signatures, attestations, and SBOMs (sigstore/cosign specs/SIGNATURE_SPEC.md). */
const cosignSuffixes = ['.sig', '.att', '.sbom'] as const;

/** Characters of a tag (OCI distribution-spec, "Pulling manifests"). */
const maximumTag = 128;

/** Finds the attachments of manifests. */
export interface ReferrerFinder {
  /** Throws only `cancelled`. */
  find(side: RepositoryHandle<RegistryReader>, digest: Digest): Promise<Attachments>;
}

export function createAttachmentFinder(): ReferrerFinder {
  const tags = createTagFinder();
  /** By repository, because some hosts have the API for some of their repositories only. */
  const without = new Set<string>();
  const hostsWithApi = new Set<string>();

  /** Undefined if the registry does not support the API, or refused the list. */
  const listOf = async (
    side: RepositoryHandle<RegistryReader>,
    digest: Digest,
    failures: AttachmentFailure[],
  ): Promise<readonly Referrer[] | undefined> => {
    const { registry, repository } = side;
    try {
      const list = await registry.listReferrers(repository, digest);
      if (list === undefined) without.add(formatRepository(side));
      else hostsWithApi.add(registry.host);
      return list;
    } catch (thrown) {
      const [error] = passingErrors(thrown);
      const name = `the referrers of ${digest}`;
      // Registries without the API may deny unknown paths.
      failures.push(
        isRefusal(error) ? { name, error, counts: () => hostsWithApi.has(registry.host) } : { name, error },
      );
      return undefined;
    }
  };

  const taggedReferrers = async (
    side: RepositoryHandle<RegistryReader>,
    digest: Digest,
    failures: AttachmentFailure[],
  ): Promise<readonly Referrer[]> => {
    const [tag] = await tags.existing(side, [fallbackTag(digest)], failures);
    if (tag === undefined) return [];
    try {
      const index = await side.registry.getManifest(side.repository, tag);
      // A tag of this form may also be an ordinary image.
      return isIndex(index.mediaType) ? referrersUnder(tag, index, side) : [];
    } catch (thrown) {
      const [error] = passingErrors(thrown);
      failures.push({ name: tag, error });
      return [];
    }
  };

  return {
    async find(side, digest) {
      const failures: AttachmentFailure[] = [];
      const list = without.has(formatRepository(side)) ? undefined : await listOf(side, digest, failures);
      const referrers = list ?? (await taggedReferrers(side, digest, failures));
      const names = cosignSuffixes.map((suffix) => `${digest.replace(':', '-')}${suffix}`);
      const valid = names.filter((name) => name.length <= maximumTag);
      return { referrers, tags: await tags.existing(side, valid, failures), failures };
    },
  };
}

function isRefusal(error: ChartImagesError): boolean {
  const { code } = rootCause(error);
  return code === 'unauthorized' || code === 'denied';
}

/**
 * Tag of the referrers index if the registry has no API. The algorithm has at most 32 characters, and the hash 64 (OCI
 * distribution-spec, "Referrers Tag Schema").
 */
export function fallbackTag(digest: Digest): string {
  const [algorithm = '', hash = ''] = digest.split(':');
  return `${algorithm.slice(0, 32)}-${hash.slice(0, 64)}`;
}

/**
 * Entries of the index under a fallback tag. Throws `registry-answer` if it is not an index, because an update would
 * overwrite it.
 */
export function referrersUnder(
  tag: string,
  { mediaType, bytes }: Manifest,
  side: RepositoryHandle<Pick<RegistryReader, 'host'>>,
): readonly Referrer[] {
  const referrers = isIndex(mediaType) ? referrersIn(bytes) : undefined;
  if (referrers !== undefined) return referrers;
  const message = `Cannot read the referrers of an image: ${formatRepository(side)}:${tag} is not an image index.`;
  throw new ChartImagesError('registry-answer', message, {
    advice: 'Delete or repair this tag, or set attachments to none.',
  });
}
