import { computeDigest, type Digest, digestAlgorithm } from '../../core/oci/digest.ts';
import type { ManifestDescriptor, RegistryReader } from './registry.ts';

/**
 * Whether a manifest in a registry has this digest. A registry may report its digest by another algorithm: then the
 * manifest is read and hashed. Throws the errors of the registry.
 */
export async function hasDigest(
  registry: Pick<RegistryReader, 'getManifest'>,
  repository: string,
  found: ManifestDescriptor,
  digest: Digest,
): Promise<boolean> {
  const algorithm = digestAlgorithm(digest);
  if (digestAlgorithm(found.digest) === algorithm) return found.digest === digest;
  const { bytes } = await registry.getManifest(repository, found.digest);
  return computeDigest(bytes, algorithm) === digest;
}
