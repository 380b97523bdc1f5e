/** How az aosm gets an image wrong: it does not find it, finds another one, or finds one that is none. */
export type DifferenceKind = 'lost' | 'misread' | 'invented';

export interface AosmDifference {
  readonly fault: DifferenceKind;
  /** The reference as the chart writes it; of an invented one what az aosm reads. */
  readonly image: string;
  /** `name:tag` as az aosm has it; undefined for a lost one. */
  readonly readAs: string | undefined;
  /** One sentence: what of the line makes it so. */
  readonly reason: string;
  /** As helm names it. */
  readonly template: string;
  /** 1-based line of the rendered text. */
  readonly line: number;
}

/** One chart by az aosm's rule. */
export interface ChartComparison {
  readonly chart: string;
  readonly chartPath: string;
  /** Images that it reads as the chart means them. */
  readonly right: number;
  /** Lost ones first, then misread and invented ones; of one fault in the order of the text. */
  readonly cases: readonly AosmDifference[];
}
