import type { Policy } from '../discovery/policy/policy.ts';
import type { ChartRequest } from '../helm/charts/chart.ts';
import type { ArtifactStoreRequest } from '../registry/azure/artifact-store.ts';
import type { Source } from '../resolve/image-source.ts';
import type { RawInputs } from './raw-inputs.ts';

/** What an input file says: charts with their values, and where to look for their images. */
export interface ChartList {
  readonly charts: readonly ChartRequest[];
  /** Undefined when the file does not say. */
  readonly sources: readonly Source[] | undefined;
  /** The artifact store that the file names, read when it is the target. Undefined when the file is of another kind. */
  readonly artifactStore?: (() => ArtifactStoreRequest) | undefined;
  /** The user's rules over images; undefined when the file is of a kind that has none. */
  readonly policy?: Policy | undefined;
  /** Other inputs that the file gives. */
  readonly inputs?: RawInputs | undefined;
  /** What the user should know of how the file was read. */
  readonly notes: readonly string[];
}
