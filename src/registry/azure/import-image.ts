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
  /** Whether a tag with other content may be moved. */
  readonly existing: 'keep' | 'replace';
}

/** Where Azure reads from: a registry that the identity sees, or one that everybody may read. */
export type ImportSource = { readonly resourceId: string } | { readonly registryUri: string };

/**
 * Lets Azure copy an image into one of its registries by itself (registries/importImage): no byte comes through here. The source
 * is named by digest, so what arrives is what was looked up; the caller proves it all the same. Throws what Azure says.
 */
export async function importImage(
  { from, digest, to, existing }: ImageImport,
  source: ImportSource,
  targetId: string,
  arm: ArmClient,
  signal: AbortSignal,
): Promise<void> {
  const place =
    to.tag === undefined
      ? { untaggedTargetRepositories: [to.repository] }
      : { targetTags: [`${to.repository}:${to.tag}`] };
  const body = {
    source: { ...source, sourceImage: `${from.repository}@${digest}` },
    ...place,
    mode: existing === 'replace' ? 'Force' : 'NoForce',
  };
  const operation = `import ${from.registry}/${from.repository}@${digest} into ${to.registry}`;
  const target = `${targetId}/importImage?api-version=${registryVersion}`;
  await waitForOperation(await arm.send({ method: 'POST', target, body, operation }), operation, arm, signal);
}

/** Undefined: a registry of Azure's that the identity does not see, which Azure could not read for it. */
export async function importSource(registry: string, resources: AcrResourceIds): Promise<ImportSource | undefined> {
  if (cloudOfRegistry(registry) === undefined) return { registryUri: registry };
  const resourceId = await resources.idOf(registry);
  return resourceId === undefined ? undefined : { resourceId };
}
