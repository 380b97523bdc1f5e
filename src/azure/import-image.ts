import { cloudOfRegistry } from '../credentials/azure-cloud.ts';
import type { Digest } from '../image/digest.ts';
import type { Location } from '../image/location.ts';
import type { Arm } from './arm.ts';
import { waitForOperation } from './operation.ts';
import { type RegistryResources, registryVersion } from './registry-resource.ts';

export interface ImageImport {
  readonly from: Location;
  readonly digest: Digest;
  readonly to: Location;
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
  arm: Arm,
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
export async function importSourceOf(
  registry: string,
  resources: RegistryResources,
): Promise<ImportSource | undefined> {
  if (cloudOfRegistry(registry) === undefined) return { registryUri: registry };
  const resourceId = await resources.idOf(registry);
  return resourceId === undefined ? undefined : { resourceId };
}
