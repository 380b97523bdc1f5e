import * as v from 'valibot';
import { ChartImagesError, type SourceLocation } from '../../core/errors.ts';
import type { AzureCloud } from '../credentials/azure-cloud.ts';
import type { ArmClient } from './arm.ts';

/** The stable version that az aosm's own templates use. */
export const hybridNetworkVersion = '2024-04-15';

/** The artifact store that a user names, and the version of the network function that is to go there. */
export interface ArtifactStoreRequest {
  readonly publisher: string;
  /** Undefined: the one that the publisher is found in. */
  readonly resourceGroup: string | undefined;
  readonly store: string;
  /** Of the artifact manifest: `<nf_name>-acr-manifest-<version>`. */
  readonly manifest: string;
  /** Where the user may fix the version. */
  readonly versionPlace: SourceLocation | undefined;
  readonly storePlace: SourceLocation | undefined;
}

/** An artifact store that is there and can take images. */
export interface ArtifactStore {
  /** `/subscriptions/…/artifactStores/<name>`. */
  readonly id: string;
  readonly name: string;
  readonly location: string;
  /** Resource id of the registry behind it; `''` where Azure does not tell. */
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
 * Finds the artifact store. Errors: `artifact-store` when it is not there, is no registry, or cannot be reached from here; those
 * of the resource manager.
 */
export async function readArtifactStore(
  request: ArtifactStoreRequest,
  subscription: string,
  arm: ArmClient,
): Promise<ArtifactStore> {
  const { publisher, store: name, storePlace: place } = request;
  const group = request.resourceGroup ?? (await publisherResourceGroup(request, subscription, arm));
  const id = `/subscriptions/${encodeURIComponent(subscription)}/resourceGroups/${encodeURIComponent(group)}/providers/Microsoft.HybridNetwork/publishers/${encodeURIComponent(publisher)}/artifactStores/${encodeURIComponent(name)}`;
  const json = await arm.read(`${id}?api-version=${hybridNetworkVersion}`, `read the artifact store ${name}`);
  if (json === undefined) {
    throw new ChartImagesError(
      'artifact-store',
      `There is no artifact store "${name}" of the publisher "${publisher}" in the resource group "${group}".`,
      {
        advice:
          'Check acr_artifact_store_name, publisher_name, publisher_resource_group_name and azure-subscription; az aosm nfd publish makes what is missing.',
        place,
      },
    );
  }
  const read = v.safeParse(storeShape, json);
  if (!read.success)
    throw storeUnusableError(name, 'is not described as artifact stores are', 'Check that it has been made.', place);
  const { properties, location } = read.output;
  if (properties.storeType === 'AzureStorageAccount') {
    throw storeUnusableError(
      name,
      'keeps files in a storage account, not images in a registry',
      'Name the store of the type AzureContainerRegistry in acr_artifact_store_name.',
      place,
    );
  }
  if (properties.storeType !== 'AzureContainerRegistry') {
    throw storeUnusableError(
      name,
      `is of the type "${properties.storeType}"`,
      'Name a store of the type AzureContainerRegistry in acr_artifact_store_name.',
      place,
    );
  }
  if (properties.backingResourcePublicNetworkAccess === 'Disabled') {
    throw storeUnusableError(
      name,
      'is closed to the public network',
      "Run on a machine inside the store's network and set its backingResourcePublicNetworkAccess to Enabled for the time of the copy, or choose another store.",
      place,
    );
  }
  return { id: read.output.id, name, location, registryId: properties.storageResourceId };
}

/**
 * The login server of the registry behind a store, for plans that are made before its artifact manifest is there. Names with a
 * hash in them can't be derived from the resource id; only a plan that is not carried out shows this one.
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
  const { publisher, storePlace: place } = request;
  const target = `/subscriptions/${encodeURIComponent(subscription)}/providers/Microsoft.HybridNetwork/publishers?api-version=${hybridNetworkVersion}`;
  const all = await arm.list(target, `look for the publisher ${publisher}`);
  const groups = all.flatMap((entry) => {
    const read = v.safeParse(publisherShape, entry);
    const isMeant = read.success && read.output.name.toLowerCase() === publisher.toLowerCase();
    const group = isMeant ? /\/resourceGroups\/([^/]+)\//i.exec(read.output.id)?.[1] : undefined;
    return group === undefined ? [] : [group];
  });
  const [group, ...others] = groups;
  if (group !== undefined && others.length === 0) return group;
  const what =
    group === undefined ? 'is in no resource group' : `is in more than one resource group (${groups.join(', ')})`;
  throw new ChartImagesError(
    'artifact-store',
    `The publisher "${publisher}" ${what} that this identity sees in the subscription.`,
    {
      advice: 'Fill in publisher_resource_group_name.',
      place,
    },
  );
}

function storeUnusableError(
  name: string,
  what: string,
  advice: string,
  place: SourceLocation | undefined,
): ChartImagesError {
  return new ChartImagesError('artifact-store', `The artifact store "${name}" ${what}.`, { advice, place });
}
