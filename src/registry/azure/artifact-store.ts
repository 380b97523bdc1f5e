import * as v from 'valibot';
import { ChartImagesError, type SourceLocation } from '../../core/errors.ts';
import type { AzureCloud } from '../credentials/azure-cloud.ts';
import type { ArmClient } from './arm.ts';

/** The API version in the templates of az aosm. */
export const hybridNetworkVersion = '2024-04-15';

/** The artifact store of the user, and the version of the network function to publish. */
export interface ArtifactStoreRequest {
  readonly publisher: string;
  /** Undefined: that of the publisher. */
  readonly resourceGroup: string | undefined;
  readonly store: string;
  /** Name of the artifact manifest: `<nf_name>-acr-manifest-<version>`. */
  readonly manifest: string;
  /** Where the user set the version. */
  readonly versionLocation: SourceLocation | undefined;
  readonly storeLocation: SourceLocation | undefined;
}

/** An artifact store that accepts images. */
export interface ArtifactStore {
  /** `/subscriptions/…/artifactStores/<name>`. */
  readonly id: string;
  readonly name: string;
  readonly location: string;
  /** Resource ID of its registry. Empty if Azure does not return it. */
  readonly registryId: string;
}

const storeShape = v.object({
  id: v.pipe(v.string(), v.startsWith('/subscriptions/')),
  location: v.string(),
  properties: v.object({
    storeType: v.optional(v.string(), ''),
    backingResourcePublicNetworkAccess: v.optional(v.string(), 'Enabled'),
    storageResourceId: v.optional(v.string(), ''),
    provisioningState: v.optional(v.string(), 'Succeeded'),
  }),
});

/**
 * Throws `artifact-store` if the artifact store does not exist, has no registry, or is not reachable, and the errors of
 * Azure Resource Manager.
 */
export async function readArtifactStore(
  request: ArtifactStoreRequest,
  subscription: string,
  arm: ArmClient,
): Promise<ArtifactStore> {
  const { publisher, store: name, storeLocation } = request;
  const group = request.resourceGroup ?? (await publisherResourceGroup(request, subscription, arm));
  const id = `/subscriptions/${encodeURIComponent(subscription)}/resourceGroups/${encodeURIComponent(group)}/providers/Microsoft.HybridNetwork/publishers/${encodeURIComponent(publisher)}/artifactStores/${encodeURIComponent(name)}`;
  const json = await arm.read(`${id}?api-version=${hybridNetworkVersion}`, `read the artifact store ${name}`);
  if (json === undefined) {
    throw new ChartImagesError(
      'artifact-store',
      `Cannot find the artifact store "${name}" of the publisher "${publisher}" in the resource group "${group}".`,
      {
        advice:
          'Check acr_artifact_store_name, publisher_name, publisher_resource_group_name and azure-subscription. To create a missing store, run az aosm nfd publish.',
        location: storeLocation,
      },
    );
  }
  const read = v.safeParse(storeShape, json);
  if (!read.success)
    throw storeUnusableError(name, 'has an unknown format', 'Check that it has been created.', storeLocation);
  const { properties, location } = read.output;
  if (properties.storeType === 'AzureStorageAccount') {
    throw storeUnusableError(
      name,
      'is for files in a storage account, not for images in a registry',
      'Set acr_artifact_store_name to the store of the type AzureContainerRegistry.',
      storeLocation,
    );
  }
  if (properties.storeType !== 'AzureContainerRegistry') {
    throw storeUnusableError(
      name,
      `has the type "${properties.storeType}"`,
      'Set acr_artifact_store_name to a store of the type AzureContainerRegistry.',
      storeLocation,
    );
  }
  if (properties.backingResourcePublicNetworkAccess === 'Disabled') {
    throw storeUnusableError(
      name,
      'does not allow access from the public network',
      'Run on a machine in the network of the store and set its backingResourcePublicNetworkAccess to Enabled during the copy, or choose another store.',
      storeLocation,
    );
  }
  return { id: read.output.id, name, location, registryId: properties.storageResourceId };
}

/**
 * The probable login server of the registry of a store, for dry runs, before its artifact manifest exists. The resource
 * ID does not contain the hash that a login server may have.
 */
export function guessLoginServer({ registryId }: ArtifactStore, cloud: AzureCloud): string | undefined {
  const name = /\/registries\/([a-z0-9-]+)$/i.exec(registryId)?.[1];
  return name === undefined ? undefined : `${name.toLowerCase()}${cloud.registrySuffix}`;
}

const publisherShape = v.object({ id: v.string(), name: v.string() });

async function publisherResourceGroup(
  request: ArtifactStoreRequest,
  subscription: string,
  arm: ArmClient,
): Promise<string> {
  const { publisher, storeLocation: location } = request;
  const target = `/subscriptions/${encodeURIComponent(subscription)}/providers/Microsoft.HybridNetwork/publishers?api-version=${hybridNetworkVersion}`;
  const all = await arm.list(target, `look for the publisher ${publisher}`);
  const groups = all.flatMap((entry) => {
    const read = v.safeParse(publisherShape, entry);
    const isPublisher = read.success && read.output.name.toLowerCase() === publisher.toLowerCase();
    const group = isPublisher ? /\/resourceGroups\/([^/]+)\//i.exec(read.output.id)?.[1] : undefined;
    return group === undefined ? [] : [group];
  });
  const [group, ...others] = groups;
  if (group !== undefined && others.length === 0) return group;
  const reason =
    group === undefined
      ? 'this identity finds it in no resource group of the subscription'
      : `this identity finds it in more than one resource group of the subscription (${groups.join(', ')})`;
  throw new ChartImagesError('artifact-store', `Cannot find the publisher "${publisher}": ${reason}.`, {
    advice: 'Set publisher_resource_group_name.',
    location,
  });
}

function storeUnusableError(
  name: string,
  reason: string,
  advice: string,
  location: SourceLocation | undefined,
): ChartImagesError {
  return new ChartImagesError('artifact-store', `Cannot use the artifact store "${name}": it ${reason}.`, {
    advice,
    location,
  });
}
