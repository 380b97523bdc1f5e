import type { ChartImagesError } from '../core/errors.ts';
import type { Finding } from '../core/findings.ts';
import type { Platform } from '../core/oci/platform.ts';
import type { RegistryReference } from '../core/oci/registry-reference.ts';
import type { DiscoveredImage } from '../discovery/image-use.ts';
import type { ManifestDescriptor } from '../registry/client/registry.ts';
import type { Source } from './image-source.ts';
import type { FirstComponent, PathForm } from './path-rule.ts';

/** A repository where an image may be. */
export interface Candidate {
  readonly source: Source;
  readonly reference: RegistryReference;
  /** Repository in the target, without the namespace of the source and without an implied `library/`. */
  readonly targetRepository: string;
  readonly form: PathForm;
}

/** Result of the lookup of one candidate. */
export type Lookup =
  | { readonly result: 'found'; readonly candidate: Candidate; readonly manifest: ManifestDescriptor }
  | { readonly result: 'absent'; readonly candidate: Candidate; readonly reason: string }
  | { readonly result: 'unknown'; readonly candidate: Candidate; readonly error: ChartImagesError };

interface LookedUp {
  readonly image: DiscoveredImage;
  /** All lookups in order. Empty if no registry was accessed. */
  readonly lookups: readonly Lookup[];
  /** Undefined if only one form of the path was looked up. */
  readonly first?: FirstComponent | undefined;
}

/** Result for one image. `unresolved`: not looked up (`resolve: false`). */
export type Resolution =
  | (LookedUp & {
      readonly status: 'found';
      readonly candidate: Candidate;
      readonly manifest: ManifestDescriptor;
      /** Undefined if the manifest was not read. */
      readonly platforms?: readonly Platform[];
    })
  | (LookedUp & { readonly status: 'absent' })
  | (LookedUp & { readonly status: 'unknown' })
  | (LookedUp & { readonly status: 'unresolved' });

export interface Resolutions {
  /** In the order of the images. */
  readonly resolutions: readonly Resolution[];
  readonly findings: readonly Finding[];
}
