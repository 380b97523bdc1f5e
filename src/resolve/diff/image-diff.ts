/** Difference between the images of the base and of this run. */
export interface ImageDiff {
  /** Branch, tag, or short commit for messages. */
  readonly base: string;
  /** Full ID of the commit that was compared. Undefined in a merged report of several. */
  readonly commit?: string | undefined;
  /** Clause: what was compared instead of the exact base, and why. */
  readonly inexact?: string | undefined;
  /** Repositories that are new, in the order of the report. */
  readonly added: readonly AddedImage[];
  /** Repositories that only the base has, in the order of its report. */
  readonly removed: readonly RemovedImage[];
  /** Repositories with another tag or digest, in the order of the report. */
  readonly moved: readonly MovedImage[];
  /** Bytes missing in a mirror of the base, shared layers once. Undefined if unknown. */
  readonly bytes: number | undefined;
  /** Clause with the reason if the measurement failed. */
  readonly unmeasured?: string;
}

export interface AddedImage {
  /** The reference as the chart writes it. */
  readonly image: string;
  /** Charts that use it. Never empty. */
  readonly charts: readonly string[];
  /** Bytes of this image missing in a mirror of the base. Undefined if unknown. */
  readonly bytes: number | undefined;
}

export type RemovedImage = Omit<AddedImage, 'bytes'>;

export interface MovedImage extends Omit<AddedImage, 'image'> {
  /** The repository as the chart writes it, without tag and digest. */
  readonly image: string;
  /** The whole reference as the base writes it. */
  readonly from: string;
  /** The whole reference as the chart writes it now: what `image` is in the report. */
  readonly to: string;
}
