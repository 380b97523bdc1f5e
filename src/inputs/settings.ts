import type { FailOn } from '../core/findings.ts';
import type { Policy } from '../discovery/policy/policy.ts';
import type { ChartRequest } from '../helm/charts/chart.ts';
import type { AttachmentPolicy, OnExisting } from '../mirror/plan/plan.ts';
import type { Shard } from '../mirror/plan/shard.ts';
import type { InputCredential } from '../registry/credentials/input-provider.ts';
import type { Source } from '../resolve/image-source.ts';
import type { LockFile } from '../resolve/lock/lock.ts';
import type { DestinationSettings } from './read-destination.ts';

/** All inputs and input files, read and checked. */
export interface Settings extends DestinationSettings {
  /** Never empty. */
  readonly charts: readonly ChartRequest[];
  /** Never empty. */
  readonly sources: readonly Source[];
  /** The user's rules for images. */
  readonly policy: Policy;
  /** Whether AOSM overwrites the registries of the charts: there is an input file of AOSM. */
  readonly registriesAre: 'used as written' | 'overwritten';
  /** First components of references that stand for a registry. */
  readonly placeholderRegistries: ReadonlySet<string>;
  readonly resolve: boolean;
  /** Also find images that only toggles in the values enable. */
  readonly optionalImages: boolean;
  /** Further renderings of each chart for that. */
  readonly optionalBudget: number;
  readonly push: boolean;
  /** Whether a chart that does not render, or an image with a finding, stops only itself. */
  readonly keepGoing: boolean;
  /** The shard of this run; undefined if it copies all images. */
  readonly shard: Shard | undefined;
  readonly failOn: FailOn;
  /** Only new findings fail the run. */
  readonly failOnNew: boolean;
  /** Undefined to use the base that the host specifies. */
  readonly baseRef: string | undefined;
  readonly onExisting: OnExisting;
  /** Absolute path of the values file to write; undefined if none is requested. */
  readonly valuesOverlay: string | undefined;
  readonly attachments: AttachmentPolicy;
  /** Empty means all. */
  readonly platforms: readonly string[];
  /** Undefined if no lock file is used. */
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
    readonly isUpgrade: boolean;
    readonly skipSchemaValidation: boolean;
  };
  readonly credentials: readonly InputCredential[];
  /** IDs of service connections; empty outside Azure Pipelines. */
  readonly registryConnections: readonly string[];
  readonly azure: {
    /** ID of a service connection in Azure Pipelines, of a subscription elsewhere. */
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
  /** Notes about how inputs were read, such as the folder of a path or a legacy file format. */
  readonly warnings: readonly string[];
}
