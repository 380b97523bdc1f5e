import { ChartImagesError } from '../../core/errors.ts';
import { computeDigest, type Digest } from '../../core/oci/digest.ts';
import { mediaTypes } from '../../core/oci/media-type.ts';
import type { Manifest, Referrer, RegistryWriter } from '../../registry/client/registry.ts';
import { successors } from '../plan/manifest-children.ts';
import { type Attachments, fallbackTag, type ReferrerFinder, referrersUnder } from './attachments.ts';
import { throwIfCancelled } from './copy-blob.ts';
import { type CopyEndpoints, formatDigestReference, type RepositoryHandle } from './copy-endpoints.ts';
import { type CopyContext, copyGraph, fetchManifest } from './copy-graph.ts';

/**
 * A signature of an SBOM of an image is three levels deep. Digests rule out cycles, and this bound rules out long
 * chains.
 */
const maximumDepth = 4;
/** Signatures of years of nightly builds are in the hundreds. */
const maximumAttachments = 1000;

/**
 * Copies the attachments of a manifest and of its index entries, recursively: referrers by digest, cosign tags by
 * name. Resolves to the bytes moved. If the target does not list referrers (no `OCI-Subject` header), they are added
 * to the fallback tag.
 */
export async function copyAttachments(
  root: Manifest,
  endpoints: CopyEndpoints,
  context: CopyContext,
  finder: ReferrerFinder,
): Promise<number> {
  const children = childrenOf(root, endpoints);
  const seen = new Set<Digest>([root.digest, ...children]);
  let bytes = 0;
  let found = 0;
  const attach = async (subject: Digest, depth: number, { referrers, tags }: Attachments): Promise<void> => {
    throwIfCancelled(context.signal);
    const fresh = referrers.filter(({ digest }) => !seen.has(digest));
    found += fresh.length + tags.length;
    if (fresh.length + tags.length > 0 && (depth > maximumDepth || found > maximumAttachments)) {
      throw limitError(formatDigestReference(endpoints.from, subject));
    }
    for (const tag of tags) bytes += await copyTag(tag, endpoints, context);
    const unlisted: Referrer[] = [];
    for (const referrer of fresh) {
      seen.add(referrer.digest);
      const copied = await copyReferrer(referrer.digest, endpoints, context);
      bytes += copied.bytes;
      if (!copied.isListed) unlisted.push(referrer);
      await attachTo(copied.parts, depth + 1);
    }
    if (unlisted.length > 0) await list(unlisted, subject, endpoints.to);
  };
  /** In parallel, because images of many platforms would need many sequential round trips. */
  const attachTo = async (subjects: readonly Digest[], depth: number): Promise<void> => {
    const responses = await Promise.all(
      subjects.map(async (subject) => [subject, await finder.find(endpoints.from, subject)] as const),
    );
    for (const [subject, attachments] of responses) await attach(subject, depth, attachments);
  };
  // The root first: it shows whether the registry lists referrers at all.
  await attachTo([root.digest], 1);
  await attachTo(children, 1);
  return bytes;
}

function childrenOf(manifest: Manifest, { from }: CopyEndpoints): readonly Digest[] {
  const contents = successors(manifest, formatDigestReference(from, manifest.digest));
  return contents.kind === 'index' ? contents.manifests : [];
}

interface CopiedReferrer {
  readonly bytes: number;
  readonly parts: readonly Digest[];
  readonly isListed: boolean;
}

async function copyReferrer(digest: Digest, endpoints: CopyEndpoints, context: CopyContext): Promise<CopiedReferrer> {
  const manifest = await fetchManifest(endpoints, digest, context.signal);
  const bytes = await copyGraph(manifest, endpoints, context);
  throwIfCancelled(context.signal);
  const { subject } = await endpoints.to.registry.putManifest(endpoints.to.repository, digest, manifest);
  return { bytes, parts: [digest, ...childrenOf(manifest, endpoints)], isListed: subject !== undefined };
}

/** An existing tag is kept, because signatures may have been added in the target. */
async function copyTag(tag: string, endpoints: CopyEndpoints, context: CopyContext): Promise<number> {
  const { from, to } = endpoints;
  const head = await to.registry.headManifest(to.repository, tag);
  if (head.result === 'unknown') throw head.error;
  if (head.result === 'found') return 0;
  const manifest = await from.registry.getManifest(from.repository, tag);
  const bytes = await copyGraph(manifest, endpoints, context);
  throwIfCancelled(context.signal);
  await to.registry.putManifest(to.repository, tag, manifest);
  return bytes;
}

/** Adds referrers to the index under the fallback tag (OCI distribution-spec, "Pushing Manifests with Subject"). */
async function list(
  unlisted: readonly Referrer[],
  subject: Digest,
  to: RepositoryHandle<RegistryWriter>,
): Promise<void> {
  const { registry, repository } = to;
  const tag = fallbackTag(subject);
  const head = await registry.headManifest(repository, tag);
  if (head.result === 'unknown') throw head.error;
  const before = head.result === 'absent' ? [] : referrersUnder(tag, await registry.getManifest(repository, tag), to);
  const added = unlisted.filter(({ digest }) => !before.some((other) => other.digest === digest));
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
  await registry.putManifest(repository, tag, manifest);
}

function limitError(where: string): ChartImagesError {
  return new ChartImagesError(
    'manifest-unsupported',
    `Cannot copy the attachments of ${where}: head are more than ${maximumAttachments}, or they are nested more than ${maximumDepth} levels deep.`,
    { advice: 'Set attachments to none to copy only the image.' },
  );
}
