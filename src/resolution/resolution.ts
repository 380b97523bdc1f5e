import type { DiscoveredImage } from '../discovery/use.ts';
import type { ChartImagesError } from '../errors.ts';
import type { Finding } from '../findings.ts';
import type { Location } from '../image/location.ts';
import type { Platform } from '../image/platform.ts';
import type { ManifestHead } from '../registry/registry.ts';
import type { Source } from './source.ts';

/** One place where an image may be found. */
export interface Candidate {
  readonly source: Source;
  readonly location: Location;
  /** Repository in the target: the found path without the source's namespace and without an implied `library/`. */
  readonly targetRepository: string;
}

/** What became of looking at one candidate. */
export type Lookup =
  | { readonly result: 'found'; readonly candidate: Candidate; readonly manifest: ManifestHead }
  | { readonly result: 'absent'; readonly candidate: Candidate; readonly reason: string }
  | { readonly result: 'unknown'; readonly candidate: Candidate; readonly error: ChartImagesError };

interface Looked {
  readonly image: DiscoveredImage;
  /** Every place looked at, in order. Empty when no registry was asked. */
  readonly trace: readonly Lookup[];
}

/** Where an image comes from. `unresolved` means that nobody asked (`resolve: false`). */
export type Resolution =
  | (Looked & {
      readonly status: 'found';
      readonly candidate: Candidate;
      readonly manifest: ManifestHead;
      /** What the image can run on; undefined where nobody looked into the manifest. */
      readonly platforms?: readonly Platform[];
    })
  | (Looked & { readonly status: 'absent' })
  | (Looked & { readonly status: 'unknown' })
  | (Looked & { readonly status: 'unresolved' });

export interface Resolutions {
  /** In the order of the images. */
  readonly resolutions: readonly Resolution[];
  readonly findings: readonly Finding[];
}
