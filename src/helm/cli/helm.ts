/** A helm program that can be used. */
export interface Helm {
  /** Absolute. */
  readonly path: string;
  /** As helm prints it, without `v`: `4.2.4`; builds from source say `4.2`. */
  readonly version: string;
}

/** A helm of which it is not known yet whether it can be used. */
export interface PendingHelm {
  /** Absolute: the program that it is likely to be. */
  readonly candidatePath: string;
  /** What it turned out to be, or the helm that is used in its place. */
  readonly verified: () => Promise<Helm>;
}
