/** A helm program that can be used. */
export interface Helm {
  /** Absolute. */
  readonly path: string;
  /** As helm tells it, without `v`: `4.2.4`; builds from source say `4.2`. */
  readonly version: string;
}

/** A helm that has not told yet whether it can be used. */
export interface HelmAhead {
  /** Absolute: the program that it is likely to be. */
  readonly likely: string;
  /** What it turned out to be, or the helm that is used in its place. */
  readonly settled: () => Promise<Helm>;
}
