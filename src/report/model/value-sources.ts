/** A part of a reference that a value makes. */
export type ReferencePart = 'registry' | 'repository' | 'tag' | 'digest';

/** One value that an image is made of. */
export interface ValueSource {
  /** The parts of the reference that it makes; never empty. */
  readonly parts: readonly ReferencePart[];
  /** Its path in the chart's values, as helm's `--set` writes it: `web.image.tag`. */
  readonly path: string;
  readonly at: ValuePlace;
}

/** Who has the last word on a value. */
export type ValuePlace =
  /** A file, as a path that the host can show; lines count from 1. */
  | { readonly in: 'file'; readonly file: string; readonly line: number }
  /** A file in an archive (`values.yaml:3`): `file` is the archive, or the file that asks for it. */
  | { readonly in: 'archive'; readonly file: string; readonly inside: string }
  /** The input `set`. */
  | { readonly in: 'set' };

/** The values that make one image in one chart. */
export interface ImageValueSources {
  /** The reference as the chart writes it. */
  readonly image: string;
  /** Display path of the chart. */
  readonly chartPath: string;
  /** In the order of the parts; empty where the image stands in a template as it is. */
  readonly values: readonly ValueSource[];
}

/** The paths of the values that make the registry of a chart's images: what AOSM's `registryValuesPaths` wants. */
export interface RegistryValues {
  /** Display path of the chart. */
  readonly chartPath: string;
  readonly paths: readonly string[];
}
