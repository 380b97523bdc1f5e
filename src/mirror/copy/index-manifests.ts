import type { Digest } from '../../core/oci/digest.ts';
import type { Manifest } from '../../registry/client/registry.ts';
import { deepestIndex, successors } from '../plan/manifest-children.ts';

export type ReadManifest = (digest: Digest) => Promise<Manifest>;

/** The manifests of an index and of its nested indexes. Empty for an image. `where` names the manifest in errors. */
export async function manifestsOf(root: Manifest, where: string, read: ReadManifest): Promise<readonly Digest[]> {
  const found = new Set<Digest>();
  const walk = async (manifest: Manifest, depth: number): Promise<void> => {
    const contents = successors(manifest, where);
    if (contents.kind !== 'index') return;
    const fresh = contents.manifests.filter((digest) => !found.has(digest));
    for (const digest of fresh) found.add(digest);
    if (depth >= deepestIndex) return;
    for (const digest of contents.indexes) if (fresh.includes(digest)) await walk(await read(digest), depth + 1);
  };
  await walk(root, 0);
  return [...found];
}
