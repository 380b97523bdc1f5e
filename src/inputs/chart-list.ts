import type { Policy } from '../discovery/policy/policy.ts';
import type { ChartRequest } from '../helm/charts/chart.ts';
import type { ArtifactStoreRequest } from '../registry/azure/artifact-store.ts';
import type { Source } from '../resolve/image-source.ts';
import type { RawInputs } from './raw-inputs.ts';

/** The content of an input file: charts with their values, and sources. */
export interface ChartList {
  readonly charts: readonly ChartRequest[];
  /** Undefined if the file has none. */
  readonly sources: readonly Source[] | undefined;
  /** The artifact store, read only if it is the target. Undefined for other kinds of files. */
  readonly artifactStore?: (() => ArtifactStoreRequest) | undefined;
  /** The user's rules for images; undefined for other kinds of files. */
  readonly policy?: Policy | undefined;
  /** Other inputs that the file sets. */
  readonly inputs?: RawInputs | undefined;
  /** Notes about how the file was read. */
  readonly warnings: readonly string[];
}
