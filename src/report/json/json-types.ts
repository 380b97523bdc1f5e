import type { ErrorCode } from '../../core/errors.ts';
import type { FindingCode, Severity } from '../../core/findings.ts';
import type { DifferenceKind } from '../../discovery/az-aosm/comparison.ts';
import type { Confidence } from '../../discovery/classify/confidence.ts';
import type { ImageUse } from '../../discovery/image-use.ts';
import type { RowOutcome, RowStatus } from '../model/row.ts';
import type { ReferencePart } from '../model/value-sources.ts';

/** `images.json`, schema version 1. Every key is present and `null` if unknown, except keys marked `?`. */
export interface ImagesJson {
  readonly version: 1;
  readonly charts: readonly ChartJson[];
  readonly images: readonly ImageJson[];
  readonly findings: readonly FindingJson[];
  /** Errors that ended the run early; empty if the run is complete. */
  readonly errors: readonly ErrorJson[];
  readonly totals: {
    readonly images: number;
    readonly found: number;
    readonly absent: number;
    readonly unknown: number;
    readonly copied: number;
    /** Bytes moved to the target. */
    readonly bytes: number;
  };
  /** The shard of this run. Omitted if one run copies all images. */
  readonly shard?: ShardJson;
  /** What the configuration ignores. Omitted if it ignores nothing. */
  readonly ignored?: readonly IgnoredJson[];
  /** Comparison with az aosm. Omitted if it was not requested. */
  readonly aosm?: readonly AosmJson[];
  /** Changes to the images of the base. Omitted without a base. */
  readonly delta?: DeltaJson;
}

export interface ShardJson {
  /** From 1. */
  readonly index: number;
  readonly total: number;
  /** Digest of the partition, equal for all shards of a run. Null if the run ended before the partition was known. */
  readonly division: string | null;
}

export interface ChartJson {
  readonly name: string;
  readonly version: string;
  readonly path: string;
  readonly valueSets: readonly string[];
  readonly helm: string;
  /** Omitted if the values were not traced. */
  readonly registryValuesPaths?: readonly string[];
}

export interface ImageJson {
  readonly image: string;
  readonly confidence: Confidence;
  readonly uses: readonly UseJson[];
  readonly status: RowStatus;
  readonly source: string | null;
  /**
   * `digest`, `mediaType` and `size` are the descriptor of the manifest (OCI image-spec): `size` excludes the layers.
   */
  readonly digest: string | null;
  readonly mediaType: string | null;
  readonly size: number | null;
  /** Omitted if the run did not read the manifest. */
  readonly platforms?: readonly string[];
  /** `reason` explains why it was not found. */
  readonly trace: readonly {
    readonly candidate: string;
    readonly result: 'found' | 'absent' | 'unknown';
    readonly reason?: string;
  }[];
  readonly target: string | null;
  readonly outcome: RowOutcome;
  /** Bytes copied to the target. Omitted if it was not copied. */
  readonly bytes?: number;
  /** Why it was not found, planned or copied. Omitted otherwise. */
  readonly reason?: string;
  /** The shard that copies it. Omitted without shards, and if it was not found. */
  readonly shard?: number;
  /** The values behind the image. Omitted if they were not traced. */
  readonly origin?: readonly OriginJson[];
}

export interface OriginJson {
  /** As in `charts`. */
  readonly chartPath: string;
  readonly values: readonly {
    readonly parts: readonly ReferencePart[];
    readonly path: string;
    /** The path is a field of Chart.yaml. Omitted for a value. */
    readonly from?: 'chart';
    /** For a packaged chart, the archive or the file that refers to it; null for the input `set`. */
    readonly file: string | null;
    readonly line: number | null;
    /** Location in the archive: `values.yaml:3`. */
    readonly inside?: string;
  }[];
}

/** A use as the report has it; `optionalBy` is omitted if the use is enabled by default. */
export interface UseJson
  extends Pick<
    ImageUse,
    'chart' | 'valueSets' | 'template' | 'kind' | 'name' | 'path' | 'line' | 'rule' | 'optionalBy'
  > {
  /** As in `charts`. Omitted if the chart name is unique. */
  readonly chartPath?: string;
}

export interface FindingJson {
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly message: string;
  readonly advice: string;
  readonly image?: string;
  /** All images that one error affects. */
  readonly images?: readonly string[];
  /** All toggles that were not tried (`unexplored`). */
  readonly toggles?: readonly string[];
  /** All attachments that one error affects, by image. */
  readonly attachments?: readonly { readonly image: string; readonly name: string }[];
  readonly file?: string;
  readonly line?: number;
  readonly age?: 'new' | 'known';
}

/** An ignore rule of the configuration and its matches. */
export interface IgnoredJson {
  readonly reason: string;
  readonly until: string | null;
  readonly file: string;
  readonly line: number | null;
  readonly images: readonly { readonly image: string; readonly uses: readonly UseJson[] }[];
  readonly findings: readonly FindingJson[];
}

export interface AosmJson {
  readonly chart: string;
  readonly path: string;
  /** Number of images that az aosm reads correctly. */
  readonly right: number;
  readonly cases: readonly {
    readonly fault: DifferenceKind;
    readonly image: string;
    readonly readAs: string | null;
    readonly reason: string;
    readonly template: string;
    readonly line: number;
  }[];
}

export interface DeltaJson {
  readonly base: string;
  /** Full ID of the commit that was compared. Omitted in a merged report of several. */
  readonly commit?: string;
  /** What was compared instead of the exact base, and why. Omitted if it was the exact one. */
  readonly inexact?: string;
  readonly added: readonly {
    readonly image: string;
    readonly charts: readonly string[];
    readonly bytes: number | null;
  }[];
  readonly removed: readonly { readonly image: string; readonly charts: readonly string[] }[];
  readonly moved: readonly {
    readonly image: string;
    readonly from: string;
    readonly to: string;
    readonly charts: readonly string[];
    readonly bytes: number | null;
  }[];
  readonly bytes: number | null;
  /** Why `bytes` is null. */
  readonly unmeasured?: string;
}

export interface ErrorJson {
  readonly code: ErrorCode;
  readonly message: string;
  readonly advice: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}
