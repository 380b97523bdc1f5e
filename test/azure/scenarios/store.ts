/**
 * AOSM's artifact store: the worked example of its documentation as a publisher runs it, and what stands in the way.
 */
import { join } from 'node:path';
import { expect } from 'vitest';
import { toolPath } from '../../../scripts/tools.ts';
import {
  contosoRepositories,
  contosoTag,
  copyContoso,
  fillWithContoso,
  makeContosoImage,
  storeTestApart,
} from '../../support/contoso.ts';
import { makeImage, pushImage } from '../../support/images.ts';
import { outputOf } from '../../support/program.ts';
import { layerBytes, lineOf } from '../exchange.ts';
import { type StandInArtifactStore, type StandInRegistry, subscription, tenant } from '../fake-azure.ts';
import type { ArtifactStoreOptions } from '../fake-server.ts';
import {
  type Case,
  digestIn,
  everywhere,
  type Place,
  type Ran,
  reasonOf,
  repositoriesIn,
  type Scenario,
} from './scenario.ts';

const names = { group: 'contoso-publisher-rg', publisher: 'contoso-publisher', name: 'contoso-acr-store' };
const manifestName = 'contoso-acr-manifest-1-0-0';
const all = ['contoso', ...contosoRepositories];

interface Publishing {
  readonly store: StandInArtifactStore;
  readonly source: StandInRegistry;
  readonly case: Pick<Case, 'inputs' | 'env'>;
}

/** The worked example with a publisher who may do what publishers may. */
async function publishing(place: Place, options: ArtifactStoreOptions = {}): Promise<Publishing> {
  const { azure } = place;
  const store = await azure.addArtifactStore({ ...names, ...options });
  const source = await azure.addRegistry('myregistry');
  await fillWithContoso(source.store.url, { store: storeTestApart });
  await copyContoso(place.work, [source.loginServer, `${source.loginServer}/test`]);
  const secret = azure.world.newSecret();
  const publisher = azure.addPrincipal({ secret });
  azure.assign(publisher, 'Contributor', `/subscriptions/${subscription}/resourceGroups/${names.group}`);
  azure.assign(publisher, 'AcrPull', source.resourceId);
  return {
    store,
    source,
    case: {
      inputs: { 'input-file': join(place.work, 'cnf-input.jsonc'), target: 'artifact-store', push: 'true' },
      env: { AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: publisher.clientId, AZURE_CLIENT_SECRET: secret },
    },
  };
}

function makeManifest(store: StandInArtifactStore, artifactNames: readonly string[]): void {
  const artifacts = artifactNames.map((artifactName) => ({
    artifactName,
    artifactType: 'OCIArtifact',
    artifactVersion: contosoTag,
  }));
  store.manifests.set(manifestName, { artifacts, state: 'Uploading', location: store.location });
}

/** Names and digests as AOSM needs them: each image at the path of its reference without the placeholder. */
async function expectContosoIn({ registry }: StandInArtifactStore): Promise<void> {
  for (const repository of contosoRepositories) {
    const { digest } = await makeContosoImage(repository);
    expect(await digestIn(registry, `${repository}:${contosoTag}`)).toBe(digest);
  }
}

function expectListed(store: StandInArtifactStore): void {
  expect(store.manifests.get(manifestName)?.artifacts).toEqual(
    all.map((artifactName) => ({ artifactName, artifactType: 'OCIArtifact', artifactVersion: contosoTag })),
  );
}

/** A case that must fail with these words, and leave the store as it was. */
function refusedWith(made: Publishing, words: readonly string[], before: readonly string[] = []): Case {
  return {
    ...made.case,
    check: async ({ host }: Ran) => {
      expect(host.passed).toBe(false);
      for (const word of words) expect(host.log).toContain(word);
      expect(await repositoriesIn(made.store.registry)).toEqual(before);
    },
  };
}

export const artifactStore: readonly Scenario[] = [
  {
    name: 'the worked example is published by one step, with the manifest, names, and digests as AOSM needs them',
    ways: everywhere,
    prepare: async (place) => {
      const made = await publishing(place);
      return {
        ...made.case,
        check: async ({ host, report }) => {
          expect(reasonOf(host)).toBe('');
          expect(report?.totals).toMatchObject({ images: 4, found: 4, copied: 4 });
          expectListed(made.store);
          expect(await repositoriesIn(made.store.registry)).toEqual([...contosoRepositories]);
          await expectContosoIn(made.store);
        },
      };
    },
  },
  {
    name: 'a second run copies nothing',
    ways: everywhere,
    runs: 2,
    prepare: async (place) => {
      const made = await publishing(place);
      return {
        ...made.case,
        check: async (first, second) => {
          expect(reasonOf(first.host)).toBe('');
          expect(second && reasonOf(second.host)).toBe('');
          expect(second?.report?.images.map(({ outcome }) => outcome)).toEqual(Array(4).fill('present'));
          expect(second?.report?.totals).toMatchObject({ copied: 0, bytes: 0 });
          // The credential is asked for once a run, before the store is.
          const lines = place.azure.recorded.map(lineOf);
          const asked = lines.filter((line) => line.endsWith('/listCredential'));
          expect(asked).toHaveLength(2);
          const secondRun = place.azure.recorded.slice(lines.lastIndexOf(asked[1] ?? ''));
          expect(layerBytes(secondRun)).toBe(0);
          const isWrite = (line: string) => !/^(GET|HEAD) /.test(line) && !line.includes('/oauth2/');
          expect(secondRun.map(lineOf).filter(isWrite)).toEqual([asked[1]]);
          await expectContosoIn(made.store);
        },
      };
    },
  },
  {
    name: 'a manifest that is there and lists every image is used',
    ways: everywhere,
    prepare: async (place) => {
      const made = await publishing(place);
      makeManifest(made.store, all);
      return {
        ...made.case,
        check: async ({ host }) => {
          expect(reasonOf(host)).toBe('');
          expect(
            place.azure.recorded.filter(({ method, host: at }) => method === 'PUT' && at.startsWith('management')),
          ).toEqual([]);
          await expectContosoIn(made.store);
        },
      };
    },
  },
  {
    name: 'a manifest that lacks an image is a conflict whose advice is a new version',
    ways: everywhere,
    prepare: async (place) => {
      const made = await publishing(place);
      makeManifest(
        made.store,
        all.filter((name) => name !== 'release/contoso-b'),
      );
      return refusedWith(made, [
        `the artifact manifest ${manifestName} exists and does not list release/contoso-b:1.0.0`,
        'Increase "version" in ',
      ]);
    },
  },
  {
    name: 'an image that changed under the same version is an error, and nothing is overwritten',
    ways: everywhere,
    prepare: async (place) => {
      const made = await publishing(place);
      makeManifest(made.store, all);
      const other = await makeImage({ seed: 'of another build' });
      await pushImage(made.store.registry.store.url, 'release/contoso-c', contosoTag, other);
      const refused = refusedWith(made, ['release/contoso-c:1.0.0', 'has other content'], ['release/contoso-c']);
      return {
        ...refused,
        check: async (...runs) => {
          await refused.check(...runs);
          expect(await digestIn(made.store.registry, `release/contoso-c:${contosoTag}`)).toBe(other.digest);
        },
      };
    },
  },
  {
    name: 'create-artifact-manifest: false makes no manifest',
    ways: everywhere,
    prepare: async (place) => {
      const made = await publishing(place);
      const inputs = { ...made.case.inputs, 'create-artifact-manifest': 'false' };
      return refusedWith({ ...made, case: { ...made.case, inputs } }, [
        `Cannot use the artifact manifest "${manifestName}": it does not exist`,
      ]);
    },
  },
  {
    name: 'publish-charts: true pushes a chart that helm reads from the store',
    ways: everywhere,
    prepare: async (place) => {
      const made = await publishing(place);
      return {
        ...made.case,
        inputs: { ...made.case.inputs, 'publish-charts': 'true' },
        check: async ({ host }) => {
          expect(reasonOf(host)).toBe('');
          const chart = `oci://${made.store.registry.store.host}/contoso`;
          const show = ['show', 'chart', chart, '--version', contosoTag, '--plain-http'];
          const env = { PATH: process.env['PATH'], HOME: place.machine };
          expect(await outputOf(toolPath('helm-4'), show, { env })).toContain('name: contoso');
          await expectContosoIn(made.store);
        },
      };
    },
  },
  {
    name: 'a store that is closed to the public network is an error that says so',
    ways: everywhere,
    prepare: async (place) =>
      refusedWith(await publishing(place, { publicNetworkAccess: 'Disabled' }), [
        'does not allow access from the public network',
      ]),
  },
  {
    name: 'a store of another type is an error that says so',
    ways: everywhere,
    prepare: async (place) =>
      refusedWith(await publishing(place, { storeType: 'AzureStorageAccount' }), [
        'is for files in a storage account, not for images in a registry',
      ]),
  },
  {
    name: 'a credential for a storage account is an error that says so',
    ways: everywhere,
    prepare: async (place) => {
      place.azure.world.behavior.credentialType = 'AzureStorageAccountToken';
      const words = [
        `Cannot use the credential of the artifact manifest "${manifestName}"`,
        'of the type AzureContainerRegistry',
      ];
      return refusedWith(await publishing(place), words);
    },
  },
  {
    name: 'a manifest that Azure does not make is an error that says so',
    ways: everywhere,
    prepare: async (place) => {
      place.azure.world.behavior.operations = 'fail';
      return refusedWith(await publishing(place), ['azure-operation', 'InternalServerError']);
    },
  },
];
