import type { ConcurrencyLimit } from '../../core/concurrency-limit.ts';

/** Milliseconds. Throttled responses within this time count once. */
const throttleWindow = 1_000;

/** A place among the concurrent calls of a limit. */
export interface Place {
  release(): void;
}

/** A concurrency limit that adapts to throttling. */
export interface AdaptiveLimit {
  readonly run: ConcurrencyLimit;
  /** Waits for a place. The caller releases it; releasing it again has no effect. */
  reserve(): Promise<Place>;
  /** Halves the limit. It grows by one after as many completed calls as the limit. */
  onThrottled(): void;
  /** The current limit. */
  allowed(): number;
}

/** `now` in milliseconds. */
export function createAdaptiveLimit(maximum: number, now: () => number = Date.now): AdaptiveLimit {
  const waiting: (() => void)[] = [];
  let allowed = maximum;
  let running = 0;
  let completed = 0;
  let lastThrottled = Number.NEGATIVE_INFINITY;
  const startNext = (): void => {
    while (running < allowed) {
      const next = waiting.shift();
      if (next === undefined) return;
      running += 1;
      next();
    }
  };
  const release = (): void => {
    running -= 1;
    completed += 1;
    if (completed >= allowed) {
      completed = 0;
      allowed = Math.min(maximum, allowed + 1);
    }
    startNext();
  };
  const reserve = async (): Promise<Place> => {
    await new Promise<void>((resolve) => {
      waiting.push(resolve);
      startNext();
    });
    let isHeld = true;
    return {
      release() {
        if (isHeld) release();
        isHeld = false;
      },
    };
  };
  return {
    allowed: () => allowed,
    reserve,
    onThrottled() {
      if (now() - lastThrottled < throttleWindow) return;
      lastThrottled = now();
      completed = 0;
      allowed = Math.max(1, Math.floor(allowed / 2));
    },
    async run(work) {
      const place = await reserve();
      try {
        return await work();
      } finally {
        place.release();
      }
    },
  };
}
