/** A usable helm program. */
export interface Helm {
  /** Absolute. */
  readonly path: string;
  /** As helm prints it, without `v`: `4.2.4`, or `4.2` for builds from source. */
  readonly version: string;
}

/** A helm program that is not verified yet. */
export interface PendingHelm {
  /** Absolute: the most likely program. */
  readonly candidatePath: string;
  /** Resolves to the candidate, or to the helm to use instead. */
  readonly verified: () => Promise<Helm>;
}
