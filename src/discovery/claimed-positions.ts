import type { YamlPosition } from './classify/match.ts';
import { formatPath } from './yaml/yaml-path.ts';

/**
 * The positions in which rules found images, so that later rules skip them. A script is one text with a position for
 * each word: an image in one word says nothing about the others.
 */
export class ClaimedPositions {
  /** Texts that are claimed completely. The next set: texts with at least one claimed word. */
  readonly #whole = new Set<string>();
  readonly #touched = new Set<string>();
  readonly #words = new Set<string>();

  add(position: YamlPosition): void {
    const path = formatPath(position.path);
    this.#touched.add(path);
    if (position.word === undefined) this.#whole.add(path);
    else this.#words.add(`${position.word} ${path}`);
  }

  /** True for a claimed word, and for a text with any claim. */
  has(position: Pick<YamlPosition, 'path' | 'word'>): boolean {
    const path = formatPath(position.path);
    if (position.word === undefined) return this.#touched.has(path);
    return this.#whole.has(path) || this.#words.has(`${position.word} ${path}`);
  }
}
