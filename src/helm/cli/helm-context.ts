import type { Log } from '../../core/log.ts';
import type { ChartDownloads } from './chart-fetcher.ts';

/** What helm runs of one round need of the outside. */
export interface HelmContext {
  /** The variables of this process; helm sees only the few of `helmEnvironment`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Absolute; places in errors are named from there. */
  readonly workFolder: string;
  /** Absolute folder for what lives as long as the run. */
  readonly temporary: string;
  /** Where charts and their dependencies come from. */
  readonly downloads: ChartDownloads;
  readonly log: Log;
  /** Called each time a helm has been started. */
  readonly onStart?: () => void;
  readonly signal: AbortSignal;
}
