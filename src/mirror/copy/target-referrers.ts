import { passingErrors } from '../../core/errors.ts';
import { computeDigest, type Digest } from '../../core/oci/digest.ts';
import { mediaTypes } from '../../core/oci/media-type.ts';
import type { Manifest, Referrer, RegistryWriter } from '../../registry/client/registry.ts';
import { fallbackTag, referrersUnder } from './attachments.ts';
import type { RepositoryHandle } from './copy-endpoints.ts';

/**
 * Those of these referrers of a manifest that the target has and lists. Empty if it cannot be asked: they are then
 * copied again.
 */
export async function referrersInTarget(
  referrers: readonly Referrer[],
  subject: Digest,
  to: RepositoryHandle<RegistryWriter>,
): Promise<ReadonlySet<Digest>> {
  const { registry, repository } = to;
  try {
    const list = await registry.listReferrers(repository, subject);
    const listed = new Set((list ?? (await taggedReferrers(subject, to))).map(({ digest }) => digest));
    const both = referrers.map(({ digest }) => digest).filter((digest) => listed.has(digest));
    if (list !== undefined) return new Set(both);
    // Cleanup jobs delete manifests without a tag, and leave them in the index under the fallback tag.
    const heads = await Promise.all(both.map((digest) => registry.headManifest(repository, digest)));
    return new Set(both.filter((_, at) => heads[at]?.result === 'found'));
  } catch (thrown) {
    passingErrors(thrown);
    return new Set();
  }
}

/** Adds referrers to the index under the fallback tag (OCI distribution-spec, "Pushing Manifests with Subject"). */
export async function addToFallbackTag(
  referrers: readonly Referrer[],
  subject: Digest,
  to: RepositoryHandle<RegistryWriter>,
): Promise<void> {
  const before = await taggedReferrers(subject, to);
  const added = referrers.filter(({ digest }) => !before.some((other) => other.digest === digest));
  if (added.length === 0) return;
  const manifests = [...before, ...added].map(({ descriptor }) => descriptor);
  const index = { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests };
  const bytes = Buffer.from(JSON.stringify(index));
  const manifest: Manifest = {
    digest: computeDigest(bytes),
    mediaType: mediaTypes.ociIndex,
    size: bytes.length,
    bytes,
  };
  await to.registry.putManifest(to.repository, fallbackTag(subject), manifest);
}

async function taggedReferrers(subject: Digest, to: RepositoryHandle<RegistryWriter>): Promise<readonly Referrer[]> {
  const tag = fallbackTag(subject);
  const head = await to.registry.headManifest(to.repository, tag);
  if (head.result === 'unknown') throw head.error;
  return head.result === 'absent' ? [] : referrersUnder(tag, await to.registry.getManifest(to.repository, tag), to);
}
