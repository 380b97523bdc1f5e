import { formatPath } from './path.ts';
import type { Spot } from './spot.ts';

/**
 * The places where rules have seen images, so that later rules do not look there. A script is one text with many places:
 * an image in one of its words says nothing about the others.
 */
export class Claims {
  /** Texts that are claimed as a whole, and those of which at least a word is. */
  readonly #whole = new Set<string>();
  readonly #touched = new Set<string>();
  readonly #words = new Set<string>();

  add(spot: Spot): void {
    const path = formatPath(spot.path);
    this.#touched.add(path);
    if (spot.word === undefined) this.#whole.add(path);
    else this.#words.add(`${spot.word} ${path}`);
  }

  /** True for a claimed word, and for a whole text that a rule has found its way into. */
  has(spot: Pick<Spot, 'path' | 'word'>): boolean {
    const path = formatPath(spot.path);
    if (spot.word === undefined) return this.#touched.has(path);
    return this.#whole.has(path) || this.#words.has(`${spot.word} ${path}`);
  }
}
