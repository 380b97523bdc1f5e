import { ChartImagesError } from '../errors.ts';
import type { Digest } from '../image/digest.ts';
import { isIndex } from '../image/media-type.ts';
import { referrersIn } from '../registry/referrers.ts';
import type { Manifest, Referrer, RegistryReader } from '../registry/registry.ts';
import type { Side } from './route.ts';

/** What is attached to an image beside it, and is not part of its own tree. */
export interface Attachments {
  /** Manifests that name it as their subject. */
  readonly referrers: readonly Referrer[];
  /** Tags that cosign derives from its digest. */
  readonly tags: readonly string[];
}

/** What cosign appends for signatures, attestations and SBOMs (sigstore/cosign specs/SIGNATURE_SPEC.md). */
const cosignSuffixes = ['.sig', '.att', '.sbom'] as const;

/** Finds what is attached to manifests; asks each repository for its tags once. */
export interface AttachmentFinder {
  find(side: Side<RegistryReader>, digest: Digest): Promise<Attachments>;
}

export function createAttachmentFinder(): AttachmentFinder {
  const tagLists = new Map<string, Promise<ReadonlySet<string> | undefined>>();
  /** Registries without the referrers API are not asked for each image. */
  const withoutReferrers = new Set<string>();

  const tagsOf = ({ registry, repository }: Side<RegistryReader>): Promise<ReadonlySet<string> | undefined> => {
    const key = `${registry.host}/${repository}`;
    const list = tagLists.get(key) ?? listed(registry, repository);
    tagLists.set(key, list);
    return list;
  };

  /** Of these tags those that are there: by the list where it may be read, else one by one. */
  const present = async (side: Side<RegistryReader>, tags: readonly string[]): Promise<readonly string[]> => {
    const known = await tagsOf(side);
    if (known !== undefined) return tags.filter((tag) => known.has(tag));
    const found = await Promise.all(tags.map((tag) => isThere(side, tag)));
    return tags.filter((_, index) => found[index]);
  };

  const referrersOf = async (side: Side<RegistryReader>, digest: Digest): Promise<readonly Referrer[]> => {
    const { registry, repository } = side;
    if (!withoutReferrers.has(registry.host)) {
      const list = await registry.listReferrers(repository, digest);
      if (list !== undefined) return list;
      withoutReferrers.add(registry.host);
    }
    const [tag] = await present(side, [fallbackTag(digest)]);
    if (tag === undefined) return [];
    const index = await registry.getManifest(repository, tag);
    // An image may have such a tag for reasons of its own.
    return isIndex(index.mediaType) ? referrersUnder(tag, index, side) : [];
  };

  return {
    async find(side, digest) {
      const referrers = await referrersOf(side, digest);
      const names = cosignSuffixes.map((suffix) => `${fallbackTag(digest)}${suffix}`);
      return { referrers, tags: await present(side, names) };
    },
  };
}

/** The tag that lists referrers where there is no API for it (OCI distribution-spec, "Referrers Tag Schema"). */
export function fallbackTag(digest: Digest): string {
  return digest.replace(':', '-').slice(0, 128);
}

/** What an index under a fallback tag lists. Throws `registry-answer` when it is none: what it listed would be lost. */
export function referrersUnder(
  tag: string,
  { mediaType, bytes }: Manifest,
  { registry, repository }: Side<Pick<RegistryReader, 'host'>>,
): readonly Referrer[] {
  const referrers = isIndex(mediaType) ? referrersIn(bytes) : undefined;
  if (referrers !== undefined) return referrers;
  const message = `Cannot read what refers to an image: ${registry.host}/${repository}:${tag} is not a list of manifests.`;
  throw new ChartImagesError('registry-answer', message, {
    advice: 'Delete or repair this tag, or set attachments to none.',
  });
}

/** Throws where it is not known: a signature that could not be asked for must not be left out. */
async function isThere({ registry, repository }: Side<RegistryReader>, tag: string): Promise<boolean> {
  const head = await registry.headManifest(repository, tag);
  if (head.result === 'unknown') throw head.error;
  return head.result === 'found';
}

/** Undefined where the registry does not let these credentials list tags, or has more than can be read. */
async function listed(registry: RegistryReader, repository: string): Promise<ReadonlySet<string> | undefined> {
  try {
    return new Set(await registry.listTags(repository, 'all'));
  } catch (error) {
    if (!(error instanceof ChartImagesError) || error.code === 'cancelled') throw error;
    return undefined;
  }
}
