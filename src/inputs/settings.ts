import type { FailOnCode } from '../core/findings.ts';
import type { Policy } from '../discovery/policy/policy.ts';
import type { ChartRequest } from '../helm/charts/chart.ts';
import type { AttachmentPolicy, OnExisting } from '../mirror/plan/plan.ts';
import type { Shard } from '../mirror/plan/shard.ts';
import type { InputCredential } from '../registry/credentials/input-provider.ts';
import type { Source } from '../resolve/image-source.ts';
import type { LockFile } from '../resolve/lock/lock.ts';
import type { DestinationSettings } from './read-destination.ts';

/** Everything the user said, read and checked: what `run.ts` works from. */
export interface Settings extends DestinationSettings {
  /** Never empty. */
  readonly charts: readonly ChartRequest[];
  /** Never empty. */
  readonly sources: readonly Source[];
  /** The user's rules over the images of the charts. */
  readonly policy: Policy;
  readonly resolve: boolean;
  /** Also look for images that only switches in the values of charts bring. */
  readonly optionalImages: boolean;
  readonly push: boolean;
  /** The part of the copies that is this run's; undefined: all of them. */
  readonly shard: Shard | undefined;
  readonly failOn: ReadonlySet<FailOnCode>;
  /** Only what the change brings fails the run. */
  readonly failOnNew: boolean;
  /** What to compare with; undefined: whatever the host knows of. */
  readonly baseRef: string | undefined;
  readonly onExisting: OnExisting;
  /** Absolute path of the value file to write; undefined: none is wanted. */
  readonly valuesOverlay: string | undefined;
  readonly attachments: AttachmentPolicy;
  /** Empty means all. */
  readonly platforms: readonly string[];
  /** Undefined where no lock file is in use. */
  readonly lock: LockFile | undefined;
  readonly helm: {
    /** `installed`, `latest`, a version or a semver range. */
    readonly version: string;
    readonly mirror: string | undefined;
  };
  readonly helmTemplate: {
    readonly kubeVersion: string | undefined;
    readonly apiVersions: readonly string[];
    readonly namespace: string | undefined;
    readonly releaseName: string | undefined;
  };
  readonly credentials: readonly InputCredential[];
  /** Ids of service connections; only Azure Pipelines has some. */
  readonly registryConnections: readonly string[];
  readonly azure: {
    /** Azure Pipelines: the id of a service connection; elsewhere that of a subscription. */
    readonly subscription: string | undefined;
    readonly clientId: string | undefined;
    readonly tenantId: string | undefined;
  };
  readonly plainHttp: readonly string[];
  /** Absolute path. */
  readonly caFile: string | undefined;
  readonly concurrency: number;
  readonly explainAosm: boolean;
  /** Absolute path. */
  readonly reportFolder: string | undefined;
  /** What the user should know of how the input was read (which folder a path was found in, an early form of a file). */
  readonly warnings: readonly string[];
}
