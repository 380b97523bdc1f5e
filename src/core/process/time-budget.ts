/** Milliseconds. */
export interface TimeBudget {
  /** CPU time of the process. */
  readonly busy: number;
  /** Elapsed time. */
  readonly waiting: number;
}

/**
 * Starts the budget. Returns whether it is used up. It is mainly a budget of CPU time, so that a slow or busy machine
 * almost always gets the same result as a fast one.
 */
export function startBudget({ busy, waiting }: TimeBudget): () => boolean {
  const start = process.cpuUsage();
  const end = performance.now() + waiting;
  return () => {
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000 > busy || performance.now() > end;
  };
}
