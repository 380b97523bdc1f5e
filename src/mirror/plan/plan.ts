import type { ChartImagesError } from '../../core/errors.ts';
import type { Finding } from '../../core/findings.ts';
import type { RegistryReference } from '../../core/oci/registry-reference.ts';
import type { DiscoveredImage } from '../../discovery/image-use.ts';
import type { Descriptor, ManifestDescriptor } from '../../registry/client/registry.ts';

/** What is to be done with one image. */
export type PlannedAction =
  /** The target lacks it, or (`replacing`) has other content that the policy lets go. */
  | { readonly action: 'copy'; readonly replacing: boolean }
  /** The target has it already, digest proven. */
  | { readonly action: 'present' }
  /** The target has other content under this tag and the policy is `skip`. */
  | { readonly action: 'skip' }
  /** The target has other content and the policy is `fail`, or two images want this place. */
  | {
      readonly action: 'conflict';
      readonly reason: string;
      /** Where it is another than for tags that are taken. */
      readonly advice?: string;
    }
  /** The target could not be asked. */
  | { readonly action: 'unknown'; readonly error: ChartImagesError };

export interface PlannedCopy {
  readonly image: DiscoveredImage;
  /** With the digest that was found: what is copied is what was seen. */
  readonly from: RegistryReference;
  readonly manifest: ManifestDescriptor;
  readonly to: RegistryReference;
  readonly step: PlannedAction;
}

export interface Plan {
  /** One for each found image, in the order of the images. */
  readonly copies: readonly PlannedCopy[];
  readonly findings: readonly Finding[];
  /** Undefined where it was not looked for, or nothing is to be copied. */
  readonly size?: PlanSize | undefined;
}

/** How much the copies of a plan move, if the target has nothing of it yet; what is attached to images comes on top. */
export interface PlanSize {
  /** Configurations and layers of the images whose manifests were read. */
  readonly parts: ReadonlyMap<PlannedCopy, readonly Descriptor[]>;
  /** Of all of them, content that several share once. */
  readonly bytes: number;
  /** Whether all manifests were read. */
  readonly completeness: 'all' | 'some';
}

/** What became of one planned copy. */
export type Outcome =
  | { readonly result: 'copied'; readonly copy: PlannedCopy /** Bytes moved. */; readonly bytes: number }
  | { readonly result: 'present' | 'skipped' | 'planned'; readonly copy: PlannedCopy }
  | { readonly result: 'failed'; readonly copy: PlannedCopy; readonly error: ChartImagesError };

export interface Target {
  readonly registry: string;
  /** `''` where there is none. */
  readonly namespace: string;
  /** Images that are referenced by digest alone are put there without a tag, or get one that is made of the digest. */
  readonly untagged?: 'by-digest' | 'tag-by-digest';
}

export type OnExisting = 'fail' | 'skip' | 'replace';

/** Whether what is attached to an image (signatures, attestations, SBOMs) is copied with it. */
export type AttachmentPolicy = 'all' | 'none';
