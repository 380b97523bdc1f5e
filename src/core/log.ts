/**
 * Receives the log lines of a run. The host masks secrets and neutralizes workflow commands, so callers may pass text
 * of charts and registries unchanged.
 */
export interface Log {
  /** Only shown in the debug mode of the host. */
  debug(message: string): void;
  info(message: string): void;
  warning(message: string): void;
}

export const silentLog: Log = { debug: () => {}, info: () => {}, warning: () => {} };
