/** A helm program that can be used. */
export interface Helm {
  /** Absolute. */
  readonly path: string;
  /** As helm tells it, without `v`: `4.2.4`; builds from source say `4.2`. */
  readonly version: string;
}
