import type { Digest } from '../../core/oci/digest.ts';
import type { RegistryReference } from '../../core/oci/registry-reference.ts';
import { cloudOfRegistry } from '../credentials/azure-cloud.ts';
import { type AcrResourceIds, registryVersion } from './acr-resource-ids.ts';
import type { ArmClient } from './arm.ts';
import { waitForOperation } from './operation.ts';

export interface ImageImport {
  readonly from: RegistryReference;
  readonly digest: Digest;
  readonly to: RegistryReference;
  /** Whether to replace a tag with different content. */
  readonly existing: 'keep' | 'replace';
}

/** A registry that the identity has access to, or one with anonymous access. */
export type ImportSource = { readonly resourceId: string } | { readonly registryUri: string };

/**
 * Copies an image inside of Azure (registries/importImage), without a download. The source is referenced by digest. The
 * caller verifies the result. Throws the errors of Azure.
 */
export async function importImage(
  { from, digest, to, existing }: ImageImport,
  source: ImportSource,
  targetId: string,
  arm: ArmClient,
  signal: AbortSignal,
): Promise<void> {
  const destination =
    to.tag === undefined
      ? { untaggedTargetRepositories: [to.repository] }
      : { targetTags: [`${to.repository}:${to.tag}`] };
  const body = {
    source: { ...source, sourceImage: `${from.repository}@${digest}` },
    ...destination,
    mode: existing === 'replace' ? 'Force' : 'NoForce',
  };
  const operation = `import ${from.registry}/${from.repository}@${digest} into ${to.registry}`;
  const target = `${targetId}/importImage?api-version=${registryVersion}`;
  await waitForOperation(await arm.send({ method: 'POST', target, body, operation }), operation, arm, signal);
}

/** Undefined for an Azure registry to which the identity has no access. */
export async function importSource(registry: string, resources: AcrResourceIds): Promise<ImportSource | undefined> {
  if (cloudOfRegistry(registry) === undefined) return { registryUri: registry };
  const resourceId = await resources.idOf(registry);
  return resourceId === undefined ? undefined : { resourceId };
}
