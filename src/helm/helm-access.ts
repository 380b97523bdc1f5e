import type { Log } from '../log.ts';

export interface HostCredential {
  readonly username: string;
  readonly password: string;
}

/** What helm runs of one round need of the outside. */
export interface HelmAccess {
  /** The variables of this process; helm sees only the few of `helmEnvironment`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Absolute folder for what lives as long as the run. */
  readonly temporary: string;
  /** For registries and repositories that charts come from; undefined: ask without. */
  readonly credentials: (host: string) => Promise<HostCredential | undefined>;
  /** True for the hosts to speak HTTP to, loopback addresses included. */
  readonly plainHttp: (host: string) => boolean;
  /** Absolute path of a PEM file with further certificate authorities. */
  readonly caFile: string | undefined;
  readonly log: Log;
  /** Called each time a helm has been started. */
  readonly onStart?: () => void;
  readonly signal: AbortSignal;
}
