/**
 * Where work reports what it is doing. A host implements it and makes every line safe for itself (no workflow command can
 * get through, secrets are masked), so callers pass text as it is, also text that came from a chart or a registry.
 */
export interface Log {
  /** Only shown when the host's debug switch is on. */
  debug(message: string): void;
  info(message: string): void;
  warning(message: string): void;
}

export const silentLog: Log = { debug: () => {}, info: () => {}, warning: () => {} };
