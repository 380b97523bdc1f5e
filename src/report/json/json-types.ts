import type { ErrorCode } from '../../core/errors.ts';
import type { FindingCode, Severity } from '../../core/findings.ts';
import type { DifferenceKind } from '../../discovery/az-aosm/comparison.ts';
import type { Confidence } from '../../discovery/classify/confidence.ts';
import type { RowOutcome, RowStatus } from '../model/rows.ts';
import type { ReferencePart } from '../model/value-sources.ts';

/** `images.json`, schema version 1, as the contract has it. Keys are always there and `null` where nothing is known, but for those marked `?`. */
export interface ImagesJson {
  readonly version: 1;
  readonly charts: readonly ChartJson[];
  readonly images: readonly ImageJson[];
  readonly findings: readonly FindingJson[];
  /** Faults that ended the run early, so that a report of half a run never reads like one of a whole run. Empty otherwise. */
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
  /** The part that the run is of several that copy one plan. Left out where one run copies all. */
  readonly shard?: ShardJson;
  /** What the user's configuration took out of the run. Left out where it took nothing. */
  readonly ignored?: readonly IgnoredJson[];
  /** What the rule of az aosm makes of the charts. Left out if it was not requested. */
  readonly aosm?: readonly AosmJson[];
  /** What a change does to the images of its base. Left out where nothing was compared. */
  readonly delta?: DeltaJson;
}

export interface ShardJson {
  /** From 1. */
  readonly index: number;
  readonly total: number;
  /** Digest of who copies what where: reports that have the same one are of one whole. Null where the run ended before that was known. */
  readonly division: string | null;
}

export interface ChartJson {
  readonly name: string;
  readonly version: string;
  readonly path: string;
  readonly valueSets: readonly string[];
  readonly helm: string;
  /** Left out if the values behind images were not traced. */
  readonly registryValuesPaths?: readonly string[];
}

export interface ImageJson {
  readonly image: string;
  readonly confidence: Confidence;
  readonly uses: readonly UseJson[];
  readonly status: RowStatus;
  readonly source: string | null;
  /** `digest`, `mediaType` and `size` are the manifest's descriptor (OCI image-spec descriptor.md): `size` is its bytes, not those of the layers. */
  readonly digest: string | null;
  readonly mediaType: string | null;
  readonly size: number | null;
  /** Left out where the run did not look into the manifest: no list is not an empty list. */
  readonly platforms?: readonly string[];
  /** `reason` says why it is not found. */
  readonly trace: readonly {
    readonly candidate: string;
    readonly result: 'found' | 'absent' | 'unknown';
    readonly reason?: string;
  }[];
  readonly target: string | null;
  readonly outcome: RowOutcome;
  /** Moved to the target. Left out where it was not copied. */
  readonly bytes?: number;
  /** Why it is not found, not planned or not copied. Left out where it is. */
  readonly reason?: string;
  /** The shard that copies it. Left out where one run copies all, and for what is not found. */
  readonly shard?: number;
  /** The values that make the image. Left out if they were not traced: no list is not an empty list. */
  readonly origin?: readonly OriginJson[];
}

export interface OriginJson {
  /** As in `charts`. */
  readonly chartPath: string;
  readonly values: readonly {
    readonly parts: readonly ReferencePart[];
    readonly path: string;
    /** Of a packaged chart the archive, or the file that asks for it; null for the input `set`. */
    readonly file: string | null;
    readonly line: number | null;
    /** Where in the archive it is: `values.yaml:3`. */
    readonly inside?: string;
  }[];
}

export interface UseJson {
  readonly chart: string;
  /** As in `charts`. Left out where only one chart has the name. */
  readonly chartPath?: string;
  readonly valueSets: readonly string[];
  readonly template: string;
  readonly kind: string;
  readonly name: string;
  readonly path: string;
  readonly line: number;
  readonly rule: string;
  /** Each way to turn on what brings it, as one `--set`. Left out for a use that is there without. */
  readonly optionalBy?: readonly string[];
}

export interface FindingJson {
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly message: string;
  readonly advice: string;
  readonly image?: string;
  readonly file?: string;
  readonly line?: number;
  readonly age?: 'new' | 'known';
}

/** One ignore of the configuration, with what it took. */
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
  /** Images that it reads as the chart writes them. */
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
  /** Why `bytes` is null, where someone looked. */
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
