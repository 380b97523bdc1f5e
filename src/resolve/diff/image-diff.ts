/** What a change does to the images that the charts name: the base's renderings against those of this run. */
export interface ImageDiff {
  /** What the run is compared with, as a reader knows it: a branch, a tag or a short commit. */
  readonly base: string;
  /** Repositories that the base does not name; in the order of the report. */
  readonly added: readonly AddedImage[];
  /** Repositories that only the base names; in the order of the base's report. */
  readonly removed: readonly RemovedImage[];
  /** The same repository under another tag or digest; in the order of the report. */
  readonly moved: readonly MovedImage[];
  /** Bytes that a mirror of the base's images lacks, shared layers once; undefined where that is not known. */
  readonly bytes: number | undefined;
  /** One clause: why `bytes` is not known; left out where it is known, and where it was not measured. */
  readonly unmeasured?: string;
}

export interface AddedImage {
  /** The reference as the chart writes it. */
  readonly image: string;
  /** Names of the charts that use it; never empty. */
  readonly charts: readonly string[];
  /** Bytes that a mirror of the base's images lacks of this one; undefined where that is not known. */
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
