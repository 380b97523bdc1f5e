import type { SourceLocation } from '../../core/errors.ts';
import type { ImageUse } from '../../discovery/image-use.ts';
import type { Rendering } from '../../helm/cli/rendering.ts';
import type { ChartYamlLocation } from '../tree/chart-tree.ts';
import type { EffectiveValues } from '../tree/effective-values.ts';
import type { ScalarValue } from '../tree/scalar-value.ts';
import type { ValueEdit } from '../tree/values-file.ts';

/** Who wrote a part of a reference. */
export type SegmentSource =
  | {
      readonly from: 'value';
      /** As a value file of the user's sets it: `image.tag`, `sub.image.tag`, `containers[0].image`. */
      readonly valuePath: string;
      /** Where the last one who sets it wrote it; undefined for the input `set`. */
      readonly place: SourceLocation | undefined;
      readonly leaf: ScalarValue;
      /** Offset of the part in the leaf's text. */
      readonly offset: number;
    }
  /** Chart.yaml, by way of `.Chart.AppVersion` or `.Chart.Version`. */
  | ({ readonly from: 'chart'; readonly field: 'appVersion' | 'version' } & ChartYamlLocation)
  /** A constant of the template, or text that could not be followed. */
  | { readonly from: 'template' };

/** A part of a reference that one source wrote. */
export interface ReferenceSegment {
  readonly text: string;
  readonly source: SegmentSource;
}

/** Where the reference of one use comes from. */
export interface UseProvenance {
  readonly use: ImageUse;
  /** In order; together they are the reference. */
  readonly segments: readonly ReferenceSegment[];
  /** One clause that says why some parts are only attributed to the template; undefined when all was followed. */
  readonly reason: string | undefined;
}

/** The origins of all uses of one chart with one value set. */
export interface RenderingProvenance {
  readonly rendering: Rendering;
  readonly values: EffectiveValues;
  readonly uses: readonly UseProvenance[];
  /** Switches that the chart wants on before it takes other images than its own. */
  readonly permissions: readonly ValueEdit[];
  /** How often helm was run for this. */
  readonly renderings: number;
}
