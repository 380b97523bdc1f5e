/** Chance that can be had again: the same kind, seed and index give the same numbers on every machine. */
import { createHash } from 'node:crypto';

export interface Random {
  /** A whole number from 0 to below `bound`. */
  below(bound: number): number;
  /** One of them; throws for an empty list. */
  pick<T>(items: readonly T[]): T;
  /** True once in `times`. */
  once(times: number): boolean;
}

/** sfc32 (PractRand), whose state is the hash of the text. */
export function randomOf(text: string): Random {
  const state = new Uint32Array(new Uint8Array(createHash('sha256').update(text).digest()).buffer, 0, 4);
  const next = (): number => {
    const [a = 0, b = 0, c = 0, counter = 0] = state;
    const sum = (a + b + counter) >>> 0;
    state[0] = b ^ (b >>> 9);
    state[1] = c + (c << 3);
    state[2] = ((c << 21) | (c >>> 11)) + sum;
    state[3] = counter + 1;
    return sum / 2 ** 32;
  };
  const below = (bound: number): number => Math.floor(next() * bound);
  return {
    below,
    once: (times) => below(times) === 0,
    pick: (items) => {
      const item = items[below(items.length)];
      if (item === undefined) throw new Error('there is nothing to pick from');
      return item;
    },
  };
}
