import type { ConcurrencyLimit } from '../../core/concurrency-limit.ts';

/** Requests that were refused together are one sign, not one each. Milliseconds. */
const throttleWindow = 1_000;

/** A bound on the work under way that gives way to a server which asks to slow down. */
export interface AdaptiveLimit {
  readonly run: ConcurrencyLimit;
  /** Halves what may be under way from now on. It grows back by one whenever as many pieces of work as may be have ended. */
  onThrottled(): void;
  /** What may be under way. */
  allowed(): number;
}

/** `now` in milliseconds. */
export function createAdaptiveLimit(most: number, now: () => number = Date.now): AdaptiveLimit {
  const waiting: (() => void)[] = [];
  let allowed = most;
  let running = 0;
  let ended = 0;
  let lastSign = Number.NEGATIVE_INFINITY;
  const admit = (): void => {
    while (running < allowed) {
      const next = waiting.shift();
      if (next === undefined) return;
      running += 1;
      next();
    }
  };
  const leave = (): void => {
    running -= 1;
    ended += 1;
    if (ended >= allowed) {
      ended = 0;
      allowed = Math.min(most, allowed + 1);
    }
    admit();
  };
  return {
    allowed: () => allowed,
    onThrottled() {
      if (now() - lastSign < throttleWindow) return;
      lastSign = now();
      ended = 0;
      allowed = Math.max(1, Math.floor(allowed / 2));
    },
    async run(work) {
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        admit();
      });
      try {
        return await work();
      } finally {
        leave();
      }
    },
  };
}
