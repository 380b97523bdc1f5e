import type { Log } from '../../core/log.ts';
import type { ChartDownloads } from './chart-fetcher.ts';

/** Services and settings for helm commands of one run. */
export interface HelmContext {
  /** The variables of this process; Helm gets only those of `helmEnvironment`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Absolute; paths in errors are relative to it. */
  readonly workFolder: string;
  /** Absolute; kept until the end of the run. */
  readonly temporary: string;
  readonly downloads: ChartDownloads;
  readonly log: Log;
  /** Called after each start of a helm process. */
  readonly onStart?: () => void;
  readonly signal: AbortSignal;
}
