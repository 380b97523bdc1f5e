import type { HttpClient } from '../../core/http/http.ts';
import type { Log } from '../../core/log.ts';
import type { Helm } from '../../helm/cli/helm.ts';
import type { HelmContext } from '../../helm/cli/helm-context.ts';
import { createRegistryResources } from '../../registry/azure/acr-resource-ids.ts';
import { createArmClient } from '../../registry/azure/arm.ts';
import type { ArtifactStoreRequest } from '../../registry/azure/artifact-store.ts';
import { createImporter } from '../../registry/azure/importer.ts';
import type { Registries } from '../../registry/client/registry.ts';
import type { AzureCloud } from '../../registry/credentials/azure-cloud.ts';
import type { AzureIdentity } from '../../registry/credentials/azure-identity.ts';
import type { CredentialTrace } from '../../registry/credentials/credential-trace.ts';
import type { OverridableCredentials } from '../../registry/credentials/scoped-credentials.ts';
import { copyImages } from '../copy/copy-images.ts';
import type { OnExisting, Target } from '../plan/plan.ts';
import { planCopies } from '../plan/plan-copies.ts';
import { withSize } from '../plan/plan-size.ts';
import type { Destination } from './destination.ts';
import { type CopySettings, createDestinationContext, type DestinationContext } from './destination-context.ts';
import { createChartPublisher } from './publish-charts.ts';
import { storeDestination } from './store-destination.ts';

/** Inputs that describe the target. */
export interface DestinationRequest extends CopySettings {
  readonly target: Target | undefined;
  readonly artifactStore: ArtifactStoreRequest | undefined;
  readonly missingManifest: 'create' | 'fail';
  readonly publishCharts: boolean;
  readonly onExisting: OnExisting;
}

export interface DestinationServices {
  readonly http: HttpClient;
  readonly identity: AzureIdentity;
  readonly cloud: AzureCloud;
  /** Undefined: the only subscription of the identity. */
  readonly subscription: string | undefined;
  readonly credentials: OverridableCredentials;
  readonly registries: Registries;
  readonly helm: () => Promise<Helm>;
  readonly helmContext: HelmContext;
  readonly trace: CredentialTrace;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Undefined if no target is set. */
export function createDestination(request: DestinationRequest, access: DestinationServices): Destination | undefined {
  const { target, artifactStore, copyMode, onExisting } = request;
  const { credentials, registries, subscription, helm, helmContext, log } = access;
  const arm = createArmClient(access);
  const known = new Map<string, string>();
  const resources = createRegistryResources(arm, subscription);
  const importer = createImporter({ ...access, arm, resources, known, mode: copyMode });
  const copying = createDestinationContext(request, { ...access, importer });
  if (artifactStore !== undefined) {
    return storeDestination({
      ...access,
      ...request,
      request: artifactStore,
      publishCharts: request.publishCharts ? createChartPublisher(helm, helmContext, log) : undefined,
      arm,
      setCredential: credentials.override,
      setResourceId: (registry, id) => known.set(registry, id),
      copying,
    });
  }
  return target && registryDestination(target, onExisting, registries, copying);
}

/** A target of the form `registry[/namespace]`. */
function registryDestination(
  target: Target,
  onExisting: OnExisting,
  registries: Registries,
  access: DestinationContext,
): Destination {
  const { importImage, nonDistributable, planSizerFor, sizerFor } = access;
  const looked = { ...target, access: access.access };
  const into = { kind: 'registry', host: target.registry } as const;
  return {
    async plan(resolutions) {
      return await planCopies(resolutions, looked, onExisting, registries, await planSizerFor(into));
    },
    estimate: async (plan) => await withSize(plan, await sizerFor(into)),
    copy: (plan, options) => copyImages(plan, registries, { ...options, onExisting, importImage, nonDistributable }),
  };
}
