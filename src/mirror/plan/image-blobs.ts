import type { Digest } from '../../core/oci/digest.ts';
import { formatReference, manifestReference, type RegistryReference } from '../../core/oci/registry-reference.ts';
import type { Descriptor, Manifest } from '../../registry/client/registry.ts';
import { deepestIndex, successors } from './manifest-children.ts';

/** Manifests and blobs of an image by digest. */
export interface ImageBlobs {
  readonly manifests: ReadonlyMap<Digest, Manifest>;
  readonly blobs: ReadonlyMap<Digest, Descriptor>;
}

/** Whether foreign layers are counted. */
export type ForeignLayers = 'left out' | 'included';

/** Lists all manifests and blobs of an image, with all platforms and attestations of an index. */
export async function listImageBlobs(
  reference: RegistryReference,
  read: (repository: string, key: string) => Promise<Manifest>,
  foreignLayers: ForeignLayers = 'left out',
): Promise<ImageBlobs> {
  const manifests = new Map<Digest, Manifest>();
  const blobs = new Map<Digest, Descriptor>();
  const walk = async (key: string, depth: number): Promise<void> => {
    const manifest = await read(reference.repository, key);
    manifests.set(manifest.digest, manifest);
    const contents = successors(manifest, formatReference(reference));
    if (contents.kind === 'image') {
      const nonDistributable = foreignLayers === 'included' ? contents.nonDistributable : [];
      for (const { digest, size } of [...contents.blobs, ...nonDistributable]) blobs.set(digest, { digest, size });
    } else if (depth < deepestIndex) {
      await Promise.all(contents.manifests.map((digest) => walk(digest, depth + 1)));
    }
  };
  await walk(manifestReference(reference), 0);
  return { manifests, blobs };
}
