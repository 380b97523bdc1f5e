import { ChartImagesError, passingErrors } from '../../core/errors.ts';
import type { Digest } from '../../core/oci/digest.ts';
import type { Manifest, Referrer } from '../../registry/client/registry.ts';
import type { AttachmentFailure } from '../plan/plan.ts';
import type { Attachments, ReferrerFinder } from './attachments.ts';
import { throwIfCancelled } from './copy-blob.ts';
import { copyDerivedTag } from './copy-derived-tag.ts';
import { type CopyEndpoints, formatDigestReference } from './copy-endpoints.ts';
import { type CopyContext, copyGraph, copyMissingParts, fetchManifest } from './copy-graph.ts';
import { manifestsOf, type ReadManifest } from './index-manifests.ts';
import { pushManifest } from './push-manifest.ts';
import { addToFallbackTag, referrersInTarget } from './target-referrers.ts';

/**
 * A signature of an SBOM of an image is three levels deep. Digests rule out cycles, and this bound rules out long
 * chains.
 */
const maximumDepth = 4;
/** Signatures of years of nightly builds are in the hundreds. */
const maximumAttachments = 1000;

export interface CopiedAttachments {
  /** Bytes moved. */
  readonly bytes: number;
  /** Attachments that are not in the target, and lists that could not be read. */
  readonly failures: readonly AttachmentFailure[];
}

export interface AttachmentRequest {
  readonly root: Manifest;
  readonly endpoints: CopyEndpoints;
  readonly context: CopyContext;
  readonly finder: ReferrerFinder;
  /** Reads the nested indexes of `root`. */
  readonly read: ReadManifest;
  /** Called once before the first attachment: registries may reject attachments of a manifest that they don't have. */
  readonly putSubject: () => Promise<void>;
}

/**
 * Copies the attachments of a manifest and of its index entries, recursively: referrers by digest, cosign tags by name.
 * If the target does not list referrers (no `OCI-Subject` header), they are added to the fallback tag. Throws only
 * `cancelled`: an attachment that cannot be copied does not affect the others.
 */
export async function copyAttachments(request: AttachmentRequest): Promise<CopiedAttachments> {
  const { root, endpoints, context, finder, read } = request;
  const failures: AttachmentFailure[] = [];
  const children = await attempt('the manifests of the image', failures, () =>
    manifestsOf(root, formatDigestReference(endpoints.from, root.digest), read),
  );
  const seen = new Set<Digest>([root.digest, ...(children ?? [])]);
  let bytes = 0;
  let found = 0;
  let subject: Promise<void> | undefined;
  const putSubject = (): Promise<void> => {
    subject ??= request.putSubject();
    return subject;
  };

  const attach = async (
    of: Digest,
    depth: number,
    { referrers, tags, failures: unread }: Attachments,
  ): Promise<void> => {
    throwIfCancelled(context.signal);
    failures.push(...unread);
    const fresh = referrers.filter(({ digest }) => !seen.has(digest));
    found += fresh.length + tags.length;
    if (fresh.length + tags.length === 0) return;
    if (depth > maximumDepth || found > maximumAttachments) {
      const where = formatDigestReference(endpoints.from, of);
      failures.push({ name: `the attachments of ${of}`, error: limitError(where) });
      return;
    }
    for (const tag of tags) {
      const moved = await attempt(tag, failures, () => copyDerivedTag(tag, endpoints, context, putSubject));
      bytes += moved ?? 0;
    }
    const present = fresh.length === 0 ? new Set() : await referrersInTarget(fresh, of, endpoints.to);
    const unlisted: Referrer[] = [];
    for (const referrer of fresh) {
      seen.add(referrer.digest);
      if (present.has(referrer.digest)) {
        await attachTo([referrer.digest], depth + 1);
        continue;
      }
      const copied = await attempt(`referrer ${referrer.digest}`, failures, async () => {
        await putSubject();
        return await copyReferrer(referrer.digest, endpoints, context);
      });
      if (copied === undefined) continue;
      bytes += copied.bytes;
      if (!copied.isListed) unlisted.push(referrer);
      await attachTo(copied.parts, depth + 1);
    }
    if (unlisted.length === 0) return;
    await attempt(`the list of referrers of ${of}`, failures, () => addToFallbackTag(unlisted, of, endpoints.to));
  };
  /** In parallel, because images of many platforms would need many sequential round trips. */
  const attachTo = async (subjects: readonly Digest[], depth: number): Promise<void> => {
    const responses = await Promise.all(
      subjects.map(async (one) => [one, await finder.find(endpoints.from, one)] as const),
    );
    for (const [one, attachments] of responses) await attach(one, depth, attachments);
  };
  // The root first: it shows whether the registry lists referrers at all.
  await attachTo([root.digest], 1);
  await attachTo(children ?? [], 1);
  return { bytes, failures };
}

/**
 * The attachments of a manifest and of its index entries that a target does not accept, each with this error. What is
 * attached to them is part of them. Throws only `cancelled`.
 */
export async function unacceptedAttachments(
  { root, endpoints, finder, read }: AttachmentRequest,
  error: ChartImagesError,
): Promise<readonly AttachmentFailure[]> {
  const failures: AttachmentFailure[] = [];
  const children = await attempt('the manifests of the image', failures, () =>
    manifestsOf(root, formatDigestReference(endpoints.from, root.digest), read),
  );
  // The root first: it shows whether the registry lists referrers at all.
  const found = [await finder.find(endpoints.from, root.digest)];
  found.push(...(await Promise.all((children ?? []).map((child) => finder.find(endpoints.from, child)))));
  const names = found.flatMap(({ tags, referrers }) => [
    ...tags,
    ...referrers.map(({ digest }) => `referrer ${digest}`),
  ]);
  failures.push(...[...new Set(names)].map((name) => ({ name, error })));
  return [...failures, ...found.flatMap((one) => one.failures)];
}

/** Undefined if the work fails: its error is added to `failures`. Throws only `cancelled`. */
async function attempt<T>(name: string, failures: AttachmentFailure[], work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (thrown) {
    const [error] = passingErrors(thrown);
    failures.push({ name, error });
    return undefined;
  }
}

interface CopiedReferrer {
  readonly bytes: number;
  readonly parts: readonly Digest[];
  readonly isListed: boolean;
}

async function copyReferrer(digest: Digest, endpoints: CopyEndpoints, context: CopyContext): Promise<CopiedReferrer> {
  const read: ReadManifest = (part) => fetchManifest(endpoints, part, context.signal);
  const manifest = await read(digest);
  const bytes = await copyGraph(manifest, endpoints, context);
  throwIfCancelled(context.signal);
  const repair = (of: Manifest) => copyMissingParts(of, endpoints, context);
  const { subject } = await pushManifest(endpoints, digest, manifest, context, repair);
  const parts = await manifestsOf(manifest, formatDigestReference(endpoints.from, digest), read);
  return { bytes, parts: [digest, ...parts], isListed: subject !== undefined };
}

function limitError(where: string): ChartImagesError {
  return new ChartImagesError(
    'manifest-unsupported',
    `Cannot copy the attachments of ${where}: there are more than ${maximumAttachments}, or they are nested more than ${maximumDepth} levels deep.`,
    { advice: 'Delete attachments that are no longer needed, or set attachments to none.' },
  );
}
