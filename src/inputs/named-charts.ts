import type { ArtifactStoreRequest } from '../azure/artifact-store.ts';
import type { ChartRequest } from '../charts/chart.ts';
import type { Source } from '../resolution/source.ts';

/** What an input file says: charts with their values, and where to look for their images. */
export interface NamedCharts {
  readonly charts: readonly ChartRequest[];
  /** Undefined when the file does not say. */
  readonly sources: readonly Source[] | undefined;
  /** The artifact store that the file names, read when it is the target. Undefined when the file is of another kind. */
  readonly artifactStore?: (() => ArtifactStoreRequest) | undefined;
  /** What the user should know of how the file was read. */
  readonly notes: readonly string[];
}
