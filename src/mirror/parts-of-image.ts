import type { Digest } from '../image/digest.ts';
import { formatLocation, type Location, manifestKey } from '../image/location.ts';
import type { Blob, Manifest } from '../registry/registry.ts';
import { contentsOf, deepestIndex } from './contents.ts';

/** Each once. */
export interface ImageParts {
  readonly manifests: ReadonlyMap<Digest, Manifest>;
  readonly blobs: ReadonlyMap<Digest, Blob>;
}

/** How foreign layers count. */
export type ForeignLayers = 'left out' | 'included';

/** What an image is made of, with all platforms and attestations of an index, by reading its manifests with `read`. */
export async function partsOfImage(
  location: Location,
  read: (repository: string, key: string) => Promise<Manifest>,
  foreignLayers: ForeignLayers = 'left out',
): Promise<ImageParts> {
  const manifests = new Map<Digest, Manifest>();
  const blobs = new Map<Digest, Blob>();
  const walk = async (key: string, depth: number): Promise<void> => {
    const manifest = await read(location.repository, key);
    manifests.set(manifest.digest, manifest);
    const contents = contentsOf(manifest, formatLocation(location));
    if (contents.kind === 'image') {
      const foreign = foreignLayers === 'included' ? contents.foreign : [];
      for (const { digest, size } of [...contents.blobs, ...foreign]) blobs.set(digest, { digest, size });
    } else if (depth < deepestIndex) {
      await Promise.all(contents.manifests.map((digest) => walk(digest, depth + 1)));
    }
  };
  await walk(manifestKey(location), 0);
  return { manifests, blobs };
}
