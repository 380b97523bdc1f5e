/** Runs the work as soon as a slot is free. Rejects with what the work throws. */
export type ConcurrencyLimit = <T>(work: () => Promise<T>) => Promise<T>;

/** At most `maximum` (1 or more) calls run at once. The others start in the order of their calls. */
export function createConcurrencyLimit(maximum: number): ConcurrencyLimit {
  const waiting: (() => void)[] = [];
  let running = 0;
  const acquire = (): Promise<void> => {
    if (running < maximum) {
      running += 1;
      return Promise.resolve();
    }
    return new Promise((resolve) => waiting.push(resolve));
  };
  const release = (): void => {
    const next = waiting.shift();
    // The slot passes to the next caller directly, so that a later one can't take it in between.
    if (next) next();
    else running -= 1;
  };
  return async (work) => {
    await acquire();
    try {
      return await work();
    } finally {
      release();
    }
  };
}
