import type { Progress } from '../core/progress.ts';

/** Milliseconds of the averaging window: shorter windows fluctuate, longer ones lag. */
const span = 4_000;

/** Milliseconds before a rate is meaningful. */
const shortest = 400;

/** Bytes per second; undefined if it is too early. */
export interface Rate {
  readonly all: number | undefined;
  readonly of: (name: string) => number | undefined;
}

interface Sample {
  readonly at: number;
  readonly bytes: number;
}

/** Measures transfer rates from samples. */
export interface RateMeter {
  /** `now` is the milliseconds of a monotonic clock. */
  sample(progress: Progress, now: number): Rate;
}

export function createRateMeter(): RateMeter {
  let all: readonly Sample[] = [];
  let each: ReadonlyMap<string, readonly Sample[]> = new Map();
  return {
    sample({ bytes, underway }, now) {
      const sampled = (samples: readonly Sample[], done: number) => [
        ...samples.filter(({ at }) => now - at <= span),
        { at: now, bytes: done },
      ];
      all = sampled(all, bytes?.done ?? 0);
      // Also drops items that are no longer active.
      each = new Map(underway.map(({ name, done }) => [name, sampled(each.get(name) ?? [], done)]));
      return { all: rateOf(all), of: (name) => rateOf(each.get(name) ?? []) };
    },
  };
}

function rateOf(samples: readonly Sample[]): number | undefined {
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined || last.at - first.at < shortest) return undefined;
  return (Math.max(0, last.bytes - first.bytes) / (last.at - first.at)) * 1000;
}
