/** A part of a reference that a value makes. */
export type ReferencePart = 'registry' | 'repository' | 'tag' | 'digest';

/** One value that an image is made of. */
export interface ValueOrigin {
  /** The parts of the reference that it makes; never empty. */
  readonly parts: readonly ReferencePart[];
  /** Its path in the chart's values, as helm's `--set` writes it: `web.image.tag`. */
  readonly path: string;
  /** The file that has the last word on it, as a path that the host can show. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
}

/** The values that make one image in one chart. */
export interface ImageOrigin {
  /** The reference as the chart writes it. */
  readonly image: string;
  /** Display path of the chart. */
  readonly chartPath: string;
  /** In the order of the parts; empty where the image stands in a template as it is. */
  readonly values: readonly ValueOrigin[];
  /** The input `set` says which version it is, so none of `values` is the line to change. */
  readonly versionBySet?: true;
}

/** The paths of the values that make the registry of a chart's images: what AOSM's `registryValuesPaths` wants. */
export interface RegistryValues {
  /** Display path of the chart. */
  readonly chartPath: string;
  readonly paths: readonly string[];
}
