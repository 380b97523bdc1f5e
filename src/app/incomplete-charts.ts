import type { ChartImagesError } from '../core/errors.ts';

/** Charts that could not be read or rendered, or only in part. */
export interface IncompleteCharts {
  readonly errors: readonly ChartImagesError[];
  /** Display paths. Undefined if it is not known which charts are missing. */
  readonly paths: readonly string[] | undefined;
}
