import type { Platform } from '../../core/oci/platform.ts';
import type { Confidence } from '../../discovery/classify/confidence.ts';
import type { ImageUse } from '../../discovery/image-use.ts';
import type { Outcome } from '../../mirror/plan/plan.ts';
import type { ManifestDescriptor } from '../../registry/client/registry.ts';
import type { Lookup, Resolution } from '../../resolve/resolution.ts';
import type { ImageValueSources } from './value-sources.ts';

export type RowStatus = Resolution['status'];

/** `null` if nothing was planned, or the target has other content or could not be checked. */
export type RowOutcome = Outcome['result'] | null;

/** One lookup in a source. */
export interface LookupEntry {
  readonly reference: string;
  readonly result: Lookup['result'];
  /** Why it was not found; `''` if it was. */
  readonly reason: string;
}

/** The result for one image. Every discovered image has exactly one row, and every format uses the rows. */
export interface Row {
  /** As the chart writes it. */
  readonly image: string;
  readonly confidence: Confidence;
  readonly status: RowStatus;
  readonly source: string | undefined;
  /** The entry of `image-sources`; for `upstream`, the registry. */
  readonly foundIn: string | undefined;
  readonly manifest: ManifestDescriptor | undefined;
  /** Undefined if the run did not check the platforms. */
  readonly platforms: readonly Platform[] | undefined;
  readonly target: string | undefined;
  readonly outcome: RowOutcome;
  /** `failed`, because the run was interrupted before the image was copied. */
  readonly interrupted?: true;
  /** The shard that copies it, if it is not this one. */
  readonly elsewhere: number | undefined;
  /** Bytes moved to the target. */
  readonly bytes: number;
  /** Every lookup, in order. */
  readonly lookups: readonly LookupEntry[];
  /** Every use in the charts. */
  readonly uses: readonly ImageUse[];
  /** The uses by object; never empty, in the order of the uses. */
  readonly usedBy: readonly Usage[];
  /** The values behind the image, in all charts that use it; empty if they were not traced. */
  readonly origins: readonly ImageValueSources[];
  /** Why the image is not found, not planned or not copied. */
  readonly reason: string | undefined;
}

/** An object of a chart that uses the image, in one or more fields. */
export interface Usage {
  readonly chart: string;
  readonly chartPath: string;
  readonly template: string;
  readonly shownTemplate?: string;
  readonly kind: string;
  readonly name: string;
  /** The value sets with which it does; `only` if the chart has a single one. */
  readonly sets: 'only' | 'all' | readonly string[];
}
