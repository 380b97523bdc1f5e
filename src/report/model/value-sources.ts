/** A part of a reference. */
export type ReferencePart = 'registry' | 'repository' | 'tag' | 'digest';

/** A value that an image reference is made of. */
export interface ValueSource {
  /** The parts of the reference; never empty. */
  readonly parts: readonly ReferencePart[];
  /** Its path in the chart's values, as helm's `--set` writes it: `web.image.tag`. */
  readonly path: string;
  /** Not a value but a field of Chart.yaml: `appVersion` or `version`. */
  readonly from?: 'chart';
  readonly at: ValueLocation;
}

/** Where a value is set last. */
export type ValueLocation =
  /** A file, as a path that the host can show; lines count from 1. */
  | { readonly in: 'file'; readonly file: string; readonly line: number }
  /** A location in an archive (`values.yaml:3`); `file` is the archive, or the file that refers to it in `line`. */
  | { readonly in: 'archive'; readonly file: string; readonly line?: number; readonly inside: string }
  /** The input `set`. */
  | { readonly in: 'set' };

/** The values behind one image in one chart. */
export interface ImageValueSources {
  /** The reference as the chart writes it. */
  readonly image: string;
  /** Display path of the chart. */
  readonly chartPath: string;
  /** In the order of the parts; empty if the image is a literal in a template. */
  readonly values: readonly ValueSource[];
}

/** The values that set the registries of a chart's images, for AOSM's `registryValuesPaths`. */
export interface RegistryValues {
  /** Display path of the chart. */
  readonly chartPath: string;
  readonly paths: readonly string[];
}
