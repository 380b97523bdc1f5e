import type { ChartImagesError } from '../../core/errors.ts';
import type { Finding } from '../../core/findings.ts';
import type { RegistryReference } from '../../core/oci/registry-reference.ts';
import type { DiscoveredImage } from '../../discovery/image-use.ts';
import type { PullBudget } from '../../registry/client/pull-budget.ts';
import type { Access, Descriptor, ManifestDescriptor } from '../../registry/client/registry.ts';

/** Action for one image. */
export type PlannedAction =
  /** The target does not have it, or (`replacing`) has other content that may be replaced. */
  | { readonly action: 'copy'; readonly replacing: boolean }
  /** The target already has the same digest. */
  | { readonly action: 'exists' }
  /** The target has other content under this tag and the policy is `skip`. */
  | { readonly action: 'skip' }
  /** The target has other content and the policy is `fail`, or two images map to the same reference. */
  | {
      readonly action: 'conflict';
      readonly reason: string;
      /** Overrides the general advice for existing tags. */
      readonly advice?: string;
    }
  /** The target could not be checked. */
  | { readonly action: 'unknown'; readonly error: ChartImagesError };

export interface PlannedCopy {
  readonly image: DiscoveredImage;
  /** With the digest that was found, so that later tag changes have no effect. */
  readonly from: RegistryReference;
  readonly manifest: ManifestDescriptor;
  readonly to: RegistryReference;
  readonly step: PlannedAction;
}

export interface Plan {
  /** One per found image, in the order of the images. */
  readonly copies: readonly PlannedCopy[];
  readonly findings: readonly Finding[];
  /** Undefined if not measured, or if there is nothing to copy. */
  readonly size?: PlanSize | undefined;
  /** Undefined if not checked, such as for images that are imported inside Azure. */
  readonly pulls?: readonly PullNeed[] | undefined;
}

/** The pulls that copies from one registry need, if it has a budget of them. */
export interface PullNeed {
  readonly registry: string;
  readonly images: number;
  readonly pulls: number;
  /** `at least`: an index needs more, one for each of its platforms, which are not known before it is read. */
  readonly precision: 'exactly' | 'at least';
  readonly budget: PullBudget;
}

/** Bytes to transfer if the target is empty, without attachments. */
export interface PlanSize {
  /** Configurations and layers of the images whose manifests were read. */
  readonly parts: ReadonlyMap<PlannedCopy, readonly Descriptor[]>;
  /** Total, with shared content once. */
  readonly bytes: number;
  /** Whether all manifests were read. */
  readonly completeness: 'all' | 'some';
}

/** An attachment that is not in the target, or a list of attachments that could not be read. */
export interface AttachmentFailure {
  /** A tag, `referrer sha256:…`, or a list. */
  readonly name: string;
  readonly error: ChartImagesError;
  /** Called at the end of the copies, when all lists were read. Default: it counts. */
  readonly counts?: () => boolean;
}

interface WithAttachments {
  /** Undefined if all are in the target, or if they are not copied. */
  readonly attachments?: readonly AttachmentFailure[];
}

/** Result of one planned copy. */
export type Outcome =
  | ({
      readonly result: 'copied';
      readonly copy: PlannedCopy /** Bytes moved. */;
      readonly bytes: number;
    } & WithAttachments)
  | ({ readonly result: 'present'; readonly copy: PlannedCopy } & WithAttachments)
  | { readonly result: 'skipped' | 'planned'; readonly copy: PlannedCopy }
  | { readonly result: 'failed'; readonly copy: PlannedCopy; readonly error: ChartImagesError };

export interface Target {
  readonly registry: string;
  /** Empty if there is no namespace. */
  readonly namespace: string;
  /** Whether references with only a digest get no tag, or a tag made from the digest. */
  readonly untagged?: 'by-digest' | 'tag-by-digest';
  /** `pull,push` if the plan is carried out. */
  readonly access?: Access;
}

export type OnExisting = 'fail' | 'skip' | 'replace';

/**
 * Whether signatures, attestations, and SBOMs are copied with their image. `required`: an image whose attachments can't
 * be copied fails.
 */
export type AttachmentPolicy = 'all' | 'required' | 'none';
