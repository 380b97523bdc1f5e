/** The product's destinations against the stand-in, with what a run has around them, as a principal of it. */

import type { Rendering } from '../../../src/helm/cli/rendering.ts';
import type { Destination } from '../../../src/mirror/destination/destination.ts';
import { createDestination, type DestinationRequest } from '../../../src/mirror/destination/open-destination.ts';
import type { Outcome, Plan } from '../../../src/mirror/plan/plan.ts';
import type { Registries } from '../../../src/registry/client/registry.ts';
import { createRegistries } from '../../../src/registry/client/registry-pool.ts';
import { publicCloud } from '../../../src/registry/credentials/azure-cloud.ts';
import { withOverrides } from '../../../src/registry/credentials/scoped-credentials.ts';
import type { Resolution } from '../../../src/resolve/resolution.ts';
import { resolveImages } from '../../../src/resolve/resolve.ts';
import { clientOf } from '../../azure/client.ts';
import {
  type Principal,
  resourceGroup,
  type StandInArtifactStore,
  type StandInRegistry,
  subscription,
} from '../../azure/fake-azure.ts';
import { accessToken } from '../../azure/fake-entra.ts';
import { type StandIn, startStandIn } from '../../azure/fake-server.ts';
import { type HelmSetting, helmSetting } from '../../helm/cli/helm-fixtures.ts';
import { helms } from '../../support/charts.ts';
import { traceOf } from '../../support/credential-trace.ts';
import { discovered, sourcesOf } from '../../support/discovered.ts';
import { ownValue } from '../../support/path-rules.ts';

export interface Opened {
  readonly destination: Destination;
  readonly registries: Registries;
  readonly setting: HelmSetting;
  readonly masked: readonly string[];
  /** Lines of how credentials and imports were found. */
  readonly explained: readonly string[];
  /** Looks for the images in the sources. */
  resolve(images: readonly string[], sources: readonly string[]): Promise<readonly Resolution[]>;
  /** Plans and carries out. */
  planAndCopy(resolutions: readonly Resolution[], renderings?: readonly Rendering[]): Promise<CopyResult>;
  close(): Promise<void>;
}

export interface Publishing {
  readonly azure: StandIn;
  readonly store: StandInArtifactStore;
  readonly source: StandInRegistry;
  readonly publisher: Principal;
}

/** An artifact store, a source registry, and a publisher who may read the one and fill the other. */
export async function startPublishing(): Promise<Publishing> {
  const azure = await startStandIn();
  const store = await azure.addArtifactStore();
  const source = await azure.addRegistry('source');
  const publisher = azure.addPrincipal();
  azure.assign(publisher, 'Contributor', store.resourceId.slice(0, store.resourceId.indexOf('/artifactStores')));
  azure.assign(publisher, 'AcrPull', source.resourceId);
  return { azure, store, source, publisher };
}

export interface CopyResult {
  readonly plan: Plan;
  readonly outcomes: readonly Outcome[];
}

export const storeRequest: DestinationRequest = {
  target: undefined,
  artifactStore: {
    publisher: 'contoso',
    resourceGroup,
    store: 'contoso-store',
    manifest: 'contoso-acr-manifest-1-0-0',
    versionLocation: { file: 'cnf-input.jsonc', line: 8, column: 14 },
    storeLocation: undefined,
  },
  missingManifest: 'create',
  publishCharts: false,
  copyMode: 'auto',
  onExisting: 'fail',
  foreignLayers: 'left out',
  push: true,
  shard: undefined,
};

export async function open(
  azure: StandIn,
  principal: Principal,
  request: Partial<DestinationRequest> = {},
): Promise<Opened> {
  const setting = await helmSetting();
  const { log, access } = setting;
  const { signal } = access;
  const masked: string[] = [];
  const explained: string[] = [];
  const trace = traceOf({ mask: (secret) => masked.push(secret), explain: (line) => explained.push(line) });
  const http = await clientOf(azure, {
    log,
    signal,
    retryPolicy: { firstDelay: 1, maximumDelay: 5, whenThrottled: 5_000, whenFailing: 100 },
  });
  const tokenFor = (resource: string) => accessToken(azure.world, principal, resource);
  const token = async (resource: 'resource-manager' | 'registry') =>
    tokenFor(resource === 'registry' ? 'https://containerregistry.azure.net' : publicCloud.resourceManager);
  const identity = { token, name: () => `the application ${principal.clientId}` };
  const own = {
    get: async (host: string) =>
      host.endsWith('.azurecr.io')
        ? ({ kind: 'azure-access-token', token: await token('registry'), identity: identity.name() } as const)
        : ({ kind: 'none' } as const),
  };
  const credentials = withOverrides(own, trace);
  const registries = createRegistries({ http, credentials, plainHttp: [], concurrency: 16, trace, log });
  const destination = createDestination(
    { ...storeRequest, ...request },
    {
      http,
      identity,
      cloud: publicCloud,
      subscription,
      credentials,
      registries,
      helm: async () => helms[0].helm,
      helmContext: access,
      trace,
      log,
      signal,
    },
  );
  if (destination === undefined) throw new Error('there is no destination');
  return {
    destination,
    registries,
    setting,
    masked,
    explained,
    async resolve(images, sources) {
      const found = images.map((image) => discovered(image));
      const options = { concurrency: 16, pathRule: ownValue };
      return (await resolveImages(found, sourcesOf(...sources), registries, options)).resolutions;
    },
    async planAndCopy(resolutions, renderings = []) {
      const plan = await destination.plan(resolutions, renderings);
      const outcomes = await destination.copy(plan, { concurrency: 16, log, signal });
      await destination.complete?.();
      return { plan, outcomes };
    },
    close: () => http.close(),
  };
}
