import type { Confidence, ImageUse } from '../discovery/use.ts';
import type { Platform } from '../image/platform.ts';
import type { Outcome } from '../mirror/plan.ts';
import type { ManifestHead } from '../registry/registry.ts';
import type { Lookup, Resolution } from '../resolution/resolution.ts';
import type { ImageOrigin } from './origin.ts';

export type RowStatus = Resolution['status'];

/** `null`: nothing was planned for the image, or the target's place is taken or could not be asked. */
export type RowOutcome = Outcome['result'] | null;

/** One place looked at. */
export interface LookedAt {
  readonly location: string;
  readonly result: Lookup['result'];
  /** Why it is not found, `''` where it is. */
  readonly reason: string;
}

/** What the run knows of one image: every image of the discovery ends in exactly one row, and all faces are made of rows. */
export interface Row {
  /** As the chart writes it. */
  readonly image: string;
  readonly confidence: Confidence;
  readonly status: RowStatus;
  readonly source: string | undefined;
  /** The entry of `image-sources` that has it; the registry itself for `upstream`. */
  readonly foundIn: string | undefined;
  readonly manifest: ManifestHead | undefined;
  /** What the image can run on; undefined where the run did not look. */
  readonly platforms: readonly Platform[] | undefined;
  readonly target: string | undefined;
  readonly outcome: RowOutcome;
  /** The shard that copies it, where the copies are divided and it is another one than this. */
  readonly elsewhere: number | undefined;
  /** Bytes moved to the target. */
  readonly bytes: number;
  /** Every place looked at, in order. */
  readonly trace: readonly LookedAt[];
  /** Every place in the charts, as discovered. */
  readonly uses: readonly ImageUse[];
  /** The uses by object; never empty, in the order of the uses. */
  readonly usedBy: readonly Usage[];
  /** The values that make the image, of all charts that use it; empty where nobody looked. */
  readonly origins: readonly ImageOrigin[];
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
