import { ChartImagesError, passingErrors } from '../../core/errors.ts';
import { formatReference } from '../../core/oci/registry-reference.ts';
import type { Registries } from '../../registry/client/registry.ts';
import type { AttachmentFailure, AttachmentPolicy, OnExisting, PlannedCopy } from '../plan/plan.ts';
import type { ReferrerFinder } from './attachments.ts';
import { type AttachmentRequest, copyAttachments, unacceptedAttachments } from './copy-attachments.ts';
import { throwIfCancelled } from './copy-blob.ts';
import { type CopyEndpoints, createEndpoints, formatDigestReference, verifyPushed } from './copy-endpoints.ts';
import { type CopyContext, copyGraph, copyMissingParts, fetchManifest } from './copy-graph.ts';
import { pushManifest, type RepairParts } from './push-manifest.ts';
import { pushTag } from './push-tag.ts';

/** Copies one image inside of a registry's provider. */
export type ImportImage = (copy: PlannedCopy) => Promise<'arrived' | 'to be copied'>;

export interface ImageCopyContext extends CopyContext {
  readonly importImage: ImportImage | undefined;
  /** Undefined if attachments are not copied. */
  readonly finder: ReferrerFinder | undefined;
  readonly attachments: AttachmentPolicy;
  /** Why the target accepts none: they are then looked up and reported. */
  readonly attachmentRefusal: ChartImagesError | undefined;
  readonly onExisting: OnExisting;
  /** Collects the attachments of this image that are not in the target. */
  readonly failures: AttachmentFailure[];
}

/**
 * Copies content, attachments, and tag, then verifies the tag. Resolves to the bytes moved. References with the same
 * target reference are one copy.
 */
export function copyImage(copy: PlannedCopy, registries: Registries, context: ImageCopyContext): Promise<number> {
  const { from, manifest, to, step } = copy;
  return context.once(`image ${formatReference(to)}`, async () => {
    const endpoints = createEndpoints(from, to, registries);
    const { registry } = endpoints.to;
    if ((await context.importImage?.(copy)) === 'arrived') {
      await verifyPushed(registry, to, manifest.digest, context);
      return await completeAttachments(copy, registries, context);
    }
    const root = await fetchManifest(endpoints, manifest.digest, context.signal);
    let bytes = await copyGraph(root, endpoints, context);
    const repair: RepairParts = (of) => copyMissingParts(of, endpoints, context);
    bytes += await attach(endpoints, context, {
      root,
      read: (digest) => fetchManifest(endpoints, digest, context.signal),
      putSubject: async () => {
        throwIfCancelled(context.signal);
        await pushManifest(endpoints, root.digest, root, context, repair);
      },
    });
    throwIfCancelled(context.signal);
    const onExisting = step.action === 'copy' && step.replacing ? 'replace' : context.onExisting;
    await pushTag({ endpoints, reference: to, manifest: root, context, repair }, onExisting);
    await verifyPushed(registry, to, manifest.digest, context);
    return bytes;
  });
}

/**
 * Copies the missing attachments of an image that the target has. Its manifests are read from the target, because the
 * source may count reads as pulls.
 */
export async function completeAttachments(
  { from, manifest, to }: PlannedCopy,
  registries: Registries,
  context: ImageCopyContext,
): Promise<number> {
  if (context.finder === undefined) return 0;
  const endpoints = createEndpoints(from, to, registries);
  const read = (digest: string) => endpoints.to.registry.getManifest(endpoints.to.repository, digest);
  try {
    const root = await read(manifest.digest);
    return await attach(endpoints, context, { root, read, putSubject: async () => {} });
  } catch (thrown) {
    const [error] = passingErrors(thrown);
    fail(context, [{ name: 'the attachments of the image', error }]);
    return 0;
  }
}

async function attach(
  endpoints: CopyEndpoints,
  context: ImageCopyContext,
  request: Pick<AttachmentRequest, 'root' | 'read' | 'putSubject'>,
): Promise<number> {
  const { finder, once } = context;
  if (finder === undefined) return 0;
  const { root } = request;
  return await once(`attachments ${formatDigestReference(endpoints.to, root.digest)}`, async () => {
    const all = { ...request, endpoints, context, finder };
    if (context.attachmentRefusal !== undefined) {
      fail(context, await unacceptedAttachments(all, context.attachmentRefusal));
      return 0;
    }
    const { bytes, failures } = await copyAttachments(all);
    fail(context, failures);
    return bytes;
  });
}

/** Throws if attachments are required. */
function fail({ attachments, failures }: ImageCopyContext, failed: readonly AttachmentFailure[]): void {
  const [first] = failed;
  if (attachments === 'required' && first !== undefined) {
    const { code, message, advice } = first.error;
    throw new ChartImagesError(code, `Cannot copy ${first.name}: ${message}`, { advice, cause: first.error });
  }
  failures.push(...failed);
}
