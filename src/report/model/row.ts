import type { Platform } from '../../core/oci/platform.ts';
import type { Confidence } from '../../discovery/classify/confidence.ts';
import type { ImageUse } from '../../discovery/image-use.ts';
import type { Outcome } from '../../mirror/plan/plan.ts';
import type { ManifestDescriptor } from '../../registry/client/registry.ts';
import type { Lookup, Resolution } from '../../resolve/resolution.ts';
import type { ImageValueSources } from './value-sources.ts';

export type RowStatus = Resolution['status'];

/** `null`: nothing was planned for the image, or the target's place is taken or could not be asked. */
export type RowOutcome = Outcome['result'] | null;

/** One place looked at. */
export interface LookupEntry {
  readonly location: string;
  readonly result: Lookup['result'];
  /** Why it is not found, `''` where it is. */
  readonly reason: string;
}

/** What the run knows of one image: every image of the discovery ends in exactly one row, and all formats are made from rows. */
export interface Row {
  /** As the chart writes it. */
  readonly image: string;
  readonly confidence: Confidence;
  readonly status: RowStatus;
  readonly source: string | undefined;
  /** The entry of `image-sources` that has it; the registry itself for `upstream`. */
  readonly foundIn: string | undefined;
  readonly manifest: ManifestDescriptor | undefined;
  /** What the image can run on; undefined where the run did not look. */
  readonly platforms: readonly Platform[] | undefined;
  readonly target: string | undefined;
  readonly outcome: RowOutcome;
  /** The shard that copies it, where the copies are divided and it is another one than this. */
  readonly elsewhere: number | undefined;
  /** Bytes moved to the target. */
  readonly bytes: number;
  /** Every place looked at, in order. */
  readonly trace: readonly LookupEntry[];
  /** Every place in the charts, as discovered. */
  readonly uses: readonly ImageUse[];
  /** The uses by object; never empty, in the order of the uses. */
  readonly usedBy: readonly Usage[];
  /** The values that make the image, of all charts that use it; empty if they were not traced. */
  readonly origins: readonly ImageValueSources[];
  /** Why the image is not found, not planned or not copied. */
  readonly reason: string | undefined;
}

/** One object of a chart that uses the image, however many of its fields do. */
export interface Usage {
  readonly chart: string;
  readonly chartPath: string;
  readonly template: string;
  readonly kind: string;
  readonly name: string;
  /** The value sets with which it does; `only`: the chart has no other. */
  readonly sets: 'only' | 'all' | readonly string[];
}
