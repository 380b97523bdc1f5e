/** The rule does not find an image, finds a different image, or finds text that is not an image. */
export type DifferenceKind = 'lost' | 'misread' | 'invented';

export interface AosmDifference {
  readonly difference: DifferenceKind;
  /** The reference as written in the chart; for `invented`, the text that az aosm reads. */
  readonly image: string;
  /** `name:tag` as az aosm reads it; undefined for `lost`. */
  readonly readAs: string | undefined;
  /** One sentence about the cause in the line. */
  readonly reason: string;
  /** As Helm names it. */
  readonly template: string;
  /** The template below the path of the chart, for people, if another chart of the run has the same name. */
  readonly shownTemplate?: string;
  /** 1-based line of the rendered text. */
  readonly line: number;
}

export interface ChartComparison {
  readonly chart: string;
  readonly chartPath: string;
  /** Number of images that the rule reads correctly. */
  readonly right: number;
  /** Sorted by kind (lost, misread, invented), then line. */
  readonly cases: readonly AosmDifference[];
}
