import * as v from 'valibot';
import { ChartImagesError } from '../../core/errors.ts';
import type { ArmClient } from './arm.ts';
import { type ArtifactStore, hybridNetworkVersion } from './artifact-store.ts';
import { waitForOperation } from './operation.ts';

/** An image or a chart: the repository in the store's registry, and the tag. */
export interface Artifact {
  readonly name: string;
  readonly version: string;
}

/** What may go into the store for one version of a network function; it can never be changed. */
export interface ArtifactManifest {
  readonly name: string;
  readonly artifacts: readonly Artifact[];
}

const manifestShape = v.object({
  properties: v.object({
    provisioningState: v.optional(v.string(), 'Succeeded'),
    artifacts: v.optional(
      v.array(
        v.object({ artifactName: v.string(), artifactVersion: v.string(), artifactType: v.optional(v.string(), '') }),
      ),
      [],
    ),
  }),
});

/** Names of resources have at most 64 characters. */
export const longestManifestName = 64;

/** The artifact manifest; undefined when it is not there. Errors: `artifact-store` when it is there and of no use. */
export async function readArtifactManifest(
  store: ArtifactStore,
  name: string,
  arm: ArmClient,
): Promise<ArtifactManifest | undefined> {
  const json = await arm.read(targetOf(store, name), `read the artifact manifest ${name}`);
  if (json === undefined) return undefined;
  const read = v.safeParse(manifestShape, json);
  if (!read.success) throw broken(name, 'is not described as artifact manifests are');
  const { artifacts, provisioningState } = read.output.properties;
  switch (provisioningState) {
    case 'Succeeded':
      break;
    case 'Failed':
    case 'Canceled':
      throw broken(name, `could not be made (${provisioningState})`);
    default:
      throw new ChartImagesError(
        'azure-operation',
        `The artifact manifest "${name}" is being made or deleted (${provisioningState}).`,
        {
          advice: 'Run again when that is done; a manifest takes one or two minutes.',
        },
      );
  }
  // Only these are images; the others are templates and disks, which live in other stores.
  const images = artifacts.filter(({ artifactType }) => artifactType === 'OCIArtifact');
  return {
    name,
    artifacts: images.map(({ artifactName, artifactVersion }) => ({ name: artifactName, version: artifactVersion })),
  };
}

/** Makes the artifact manifest and waits until it is there. */
export async function createArtifactManifest(
  store: ArtifactStore,
  { name, artifacts }: ArtifactManifest,
  arm: ArmClient,
  signal: AbortSignal,
): Promise<void> {
  const operation = `create the artifact manifest ${name}`;
  const body = {
    location: store.location,
    properties: {
      artifacts: artifacts.map((artifact) => ({
        artifactName: artifact.name,
        artifactType: 'OCIArtifact',
        artifactVersion: artifact.version,
      })),
    },
  };
  const started = await arm.send({ method: 'PUT', target: targetOf(store, name), body, operation });
  try {
    await waitForOperation(started, operation, arm, signal);
  } catch (error) {
    // Azure forgets operations that are done; the manifest itself shows whether this one was.
    const isForgotten = error instanceof ChartImagesError && error.code === 'not-found';
    if (!isForgotten || (await readArtifactManifest(store, name, arm)) === undefined) throw error;
  }
}

function targetOf(store: ArtifactStore, name: string): string {
  return `${store.id}/artifactManifests/${encodeURIComponent(name)}?api-version=${hybridNetworkVersion}`;
}

function broken(name: string, what: string): ChartImagesError {
  return new ChartImagesError('artifact-store', `The artifact manifest "${name}" ${what}.`, {
    advice: 'Delete it (az aosm publisher artifact-manifest delete) and run again, or raise the version.',
  });
}
