import type { SourceLocation } from '../../core/errors.ts';
import type { ImageUse } from '../../discovery/image-use.ts';
import type { Rendering } from '../../helm/cli/rendering.ts';
import type { ChartFileLocation } from '../tree/chart-display.ts';
import type { EffectiveValues } from '../tree/effective-values.ts';
import type { ScalarValue } from '../tree/scalar-value.ts';
import type { ValueEdit } from '../tree/values-file.ts';

/** Source of a part of a reference. */
export type SegmentSource =
  | {
      readonly from: 'value';
      /** Path in a values file of the user: `image.tag`, `sub.image.tag`, `containers[0].image`. */
      readonly valuePath: string;
      /** Location of the value that wins. Undefined for the input `set`. */
      readonly location: SourceLocation | undefined;
      readonly leaf: ScalarValue;
      /** Offset in the text of the value. */
      readonly offset: number;
    }
  /** Chart.yaml, through `.Chart.AppVersion` or `.Chart.Version`. */
  | ({
      readonly from: 'chart';
      readonly field: 'appVersion' | 'version';
      readonly quoting?: string;
    } & ChartFileLocation)
  /** Template text, or text that was not traced. */
  | { readonly from: 'template' };

/** Part of a reference with one source. */
export interface ReferenceSegment {
  readonly text: string;
  readonly source: SegmentSource;
}

/** Provenance of the reference of one use. */
export interface UseProvenance {
  readonly use: ImageUse;
  /** In order. Concatenated, they are the reference. */
  readonly segments: readonly ReferenceSegment[];
  /** Clause with the reason if a part was not traced. */
  readonly reason: string | undefined;
  /** Whether no value could be followed that the reference may start with. */
  readonly isStartOpen: boolean;
}

/** Provenance of all uses of one chart and value set. */
export interface RenderingProvenance {
  readonly rendering: Rendering;
  readonly values: EffectiveValues;
  readonly uses: readonly UseProvenance[];
  /** Toggles that the chart requires before it accepts other images. */
  readonly permissions: readonly ValueEdit[];
  /** Number of helm runs. */
  readonly renderings: number;
}
