/** Milliseconds of work, on a machine that has nothing else to do, and of waiting, on one that has. */
export interface TimeBudget {
  readonly busy: number;
  readonly waiting: number;
}

/**
 * Begins to count; returns whether the budget is spent. The work of the whole process counts and not the time of day, so that a slow
 * or crowded machine comes to what a fast one comes to, almost always.
 */
export function startBudget({ busy, waiting }: TimeBudget): () => boolean {
  const began = process.cpuUsage();
  const end = performance.now() + waiting;
  return () => {
    const { user, system } = process.cpuUsage(began);
    return (user + system) / 1000 > busy || performance.now() > end;
  };
}
