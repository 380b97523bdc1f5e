import type { ImageUse } from '../discovery/use.ts';
import type { Place } from '../errors.ts';
import type { Rendering } from '../helm/rendering.ts';
import type { PlaceInChartYaml } from './chart-tree.ts';
import type { EffectiveValues } from './effective-values.ts';
import type { ValueLeaf } from './value-leaf.ts';
import type { NewText } from './values-file.ts';

/** Who wrote a part of a reference. */
export type TextSource =
  | {
      readonly from: 'value';
      /** As a value file of the user's sets it: `image.tag`, `sub.image.tag`, `containers[0].image`. */
      readonly valuePath: string;
      /** Where the last one who sets it wrote it; undefined for the input `set`. */
      readonly place: Place | undefined;
      readonly leaf: ValueLeaf;
      /** Offset of the part in the leaf's text. */
      readonly offset: number;
    }
  /** Chart.yaml, by way of `.Chart.AppVersion` or `.Chart.Version`. */
  | ({ readonly from: 'chart'; readonly field: 'appVersion' | 'version' } & PlaceInChartYaml)
  /** A constant of the template, or what nobody could follow. */
  | { readonly from: 'template' };

/** A part of a reference that one source wrote. */
export interface Segment {
  readonly text: string;
  readonly source: TextSource;
}

/** Where the reference of one use comes from. */
export interface UseOrigin {
  readonly use: ImageUse;
  /** In order; together they are the reference. */
  readonly segments: readonly Segment[];
  /** One clause that says why some parts are only told as the template's; undefined when all was followed. */
  readonly reason: string | undefined;
}

/** The origins of all uses of one chart with one value set. */
export interface RenderingOrigins {
  readonly rendering: Rendering;
  readonly values: EffectiveValues;
  readonly uses: readonly UseOrigin[];
  /** Switches that the chart wants on before it takes other images than its own. */
  readonly permissions: readonly NewText[];
  /** How often helm was run for this. */
  readonly renderings: number;
}
