import * as v from 'valibot';
import { ChartImagesError } from '../../core/errors.ts';
import type { ArmClient } from './arm.ts';
import { type ArtifactStore, hybridNetworkVersion } from './artifact-store.ts';
import { waitForOperation } from './operation.ts';

/** An image or a chart: its repository (`name`) and tag (`version`) in the registry of the store. */
export interface Artifact {
  readonly name: string;
  readonly version: string;
}

/** The artifacts of one version of a network function that the store accepts. Immutable. */
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

/** Characters. The limit of Azure for names of resources. */
export const maximumManifestName = 64;

/** Undefined if the artifact manifest does not exist. Throws `artifact-store` if it is not usable. */
export async function readArtifactManifest(
  store: ArtifactStore,
  name: string,
  arm: ArmClient,
): Promise<ArtifactManifest | undefined> {
  const json = await arm.read(targetOf(store, name), `read the artifact manifest ${name}`);
  if (json === undefined) return undefined;
  const read = v.safeParse(manifestShape, json);
  if (!read.success) throw unusableError(name, 'has an unknown format');
  const { artifacts, provisioningState } = read.output.properties;
  switch (provisioningState) {
    case 'Succeeded':
      break;
    case 'Failed':
    case 'Canceled':
      throw unusableError(name, `could not be created (${provisioningState})`);
    default:
      throw new ChartImagesError(
        'azure-operation',
        `Cannot use the artifact manifest "${name}": it is being created or deleted (${provisioningState}).`,
        { advice: 'Run again in one or two minutes, when that has finished.' },
      );
  }
  // The other types are templates and disks, which are in other stores.
  const images = artifacts.filter(({ artifactType }) => artifactType === 'OCIArtifact');
  return {
    name,
    artifacts: images.map(({ artifactName, artifactVersion }) => ({ name: artifactName, version: artifactVersion })),
  };
}

/** Waits until the artifact manifest exists. */
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
    // Azure removes the status of finished operations. The manifest itself shows whether this one has finished.
    const isStatusMissing = error instanceof ChartImagesError && error.code === 'not-found';
    if (!isStatusMissing || (await readArtifactManifest(store, name, arm)) === undefined) throw error;
  }
}

function targetOf(store: ArtifactStore, name: string): string {
  return `${store.id}/artifactManifests/${encodeURIComponent(name)}?api-version=${hybridNetworkVersion}`;
}

function unusableError(name: string, reason: string): ChartImagesError {
  return new ChartImagesError('artifact-store', `Cannot use the artifact manifest "${name}": it ${reason}.`, {
    advice: 'Delete it (az aosm publisher artifact-manifest delete) and run again, or raise the version.',
  });
}
