import { createArm } from '../azure/arm.ts';
import type { ArtifactStoreRequest } from '../azure/artifact-store.ts';
import { createImporter } from '../azure/importer.ts';
import { createRegistryResources } from '../azure/registry-resource.ts';
import type { AzureCloud } from '../credentials/azure-cloud.ts';
import type { AzureIdentity } from '../credentials/azure-identity.ts';
import type { LentCredentials } from '../credentials/lent-credentials.ts';
import type { Helm } from '../helm/helm.ts';
import type { HelmAccess } from '../helm/helm-access.ts';
import type { Http } from '../http/http.ts';
import type { Log } from '../log.ts';
import type { OnExisting, Target } from '../mirror/plan.ts';
import type { Registries } from '../registry/registry.ts';
import { type CopyRequest, createCopyAccess } from './copy-access.ts';
import type { Destination } from './destination.ts';
import { publishChartsBy } from './publish-charts.ts';
import { registryDestination } from './registry-destination.ts';
import { storeDestination } from './store-destination.ts';

/** What the user said of where the images go. */
export interface DestinationRequest extends CopyRequest {
  readonly target: Target | undefined;
  readonly artifactStore: ArtifactStoreRequest | undefined;
  readonly missingManifest: 'create' | 'fail';
  readonly publishCharts: boolean;
  readonly onExisting: OnExisting;
}

export interface DestinationAccess {
  readonly http: Http;
  readonly identity: AzureIdentity;
  readonly cloud: AzureCloud;
  /** Undefined: the only one that the identity sees. */
  readonly subscription: string | undefined;
  readonly credentials: LentCredentials;
  readonly registries: Registries;
  readonly helm: () => Promise<Helm>;
  readonly helmAccess: HelmAccess;
  readonly mask: (secret: string) => void;
  readonly explain: (line: string) => void;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** The target of the run; undefined where the user names none. */
export function openDestination(request: DestinationRequest, access: DestinationAccess): Destination | undefined {
  const { target, artifactStore, copyMode, onExisting } = request;
  const { credentials, registries, subscription, helm, helmAccess, log } = access;
  const arm = createArm(access);
  const known = new Map<string, string>();
  const resources = createRegistryResources(arm, subscription);
  const importer = createImporter({ ...access, arm, resources, known, mode: copyMode });
  const copying = createCopyAccess(request, { ...access, importer });
  if (artifactStore !== undefined) {
    return storeDestination({
      ...access,
      ...request,
      request: artifactStore,
      publishCharts: request.publishCharts ? publishChartsBy(helm, helmAccess, log) : undefined,
      arm,
      lend: credentials.lend,
      knowResource: (registry, id) => known.set(registry, id),
      copying,
    });
  }
  return target && registryDestination(target, onExisting, registries, copying);
}
