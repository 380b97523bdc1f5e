import { ChartImagesError } from '../../core/errors.ts';
import type { Digest } from '../../core/oci/digest.ts';
import type { Manifest } from '../../registry/client/registry.ts';
import { successors } from '../plan/manifest-children.ts';
import { throwIfCancelled } from './copy-blob.ts';
import { type CopyEndpoints, formatRepository } from './copy-endpoints.ts';
import { type CopyContext, copyGraph, copyMissingParts } from './copy-graph.ts';
import { pushManifest } from './push-manifest.ts';

/**
 * Copies a tag that cosign derived from a digest. Resolves to the bytes moved. An existing tag is kept, because
 * signatures may have been added in the target. Throws if it has not all signatures of the source.
 */
export async function copyDerivedTag(
  tag: string,
  { from, to }: CopyEndpoints,
  context: CopyContext,
  putSubject: () => Promise<void>,
): Promise<number> {
  const head = await to.registry.headManifest(to.repository, tag);
  if (head.result === 'unknown') throw head.error;
  const manifest = await sourceManifest(tag, from, head.result === 'found' ? head.value.digest : undefined);
  if (manifest === 'same') return 0;
  if (head.result === 'found') {
    const existing = await to.registry.getManifest(to.repository, tag);
    if (includes(existing, manifest)) return 0;
    throw conflictError(`${formatRepository(to)}:${tag}`);
  }
  await putSubject();
  const bytes = await copyGraph(manifest, { from, to }, context);
  throwIfCancelled(context.signal);
  await pushManifest({ from, to }, tag, manifest, context, (of) => copyMissingParts(of, { from, to }, context));
  return bytes;
}

/** `same` without a read of the manifest if its digest is that of the target. */
async function sourceManifest(
  tag: string,
  { registry, repository }: CopyEndpoints['from'],
  existing: Digest | undefined,
): Promise<Manifest | 'same'> {
  if (existing !== undefined) {
    const head = await registry.headManifest(repository, tag);
    if (head.result === 'found' && head.value.digest === existing) return 'same';
  }
  return await registry.getManifest(repository, tag);
}

/** Whether the first manifest has everything that the second has: cosign adds a layer for each signature. */
function includes(all: Manifest, some: Manifest): boolean {
  const [existing, wanted] = [all, some].map((manifest) => layersOf(manifest));
  return existing !== undefined && wanted !== undefined && [...wanted].every((digest) => existing.has(digest));
}

/** Without the configuration, which lists the layers and therefore always differs. */
function layersOf(manifest: Manifest): ReadonlySet<Digest> | undefined {
  const contents = successors(manifest, manifest.digest);
  return contents.kind === 'image' ? new Set(contents.layers) : undefined;
}

function conflictError(where: string): ChartImagesError {
  return new ChartImagesError('copy-failed', `${where} has other content.`, {
    advice: 'Delete this tag in the target and run again, or sign the image in the target.',
  });
}
