import { formatPath } from './yaml/yaml-path.ts';
import type { YamlPosition } from './yaml/yaml-position.ts';

/**
 * The places where rules have seen images, so that later rules do not look there. A script is one text with many places:
 * an image in one of its words says nothing about the others.
 */
export class ClaimedPositions {
  /** Texts that are claimed as a whole, and those of which at least a word is. */
  readonly #whole = new Set<string>();
  readonly #touched = new Set<string>();
  readonly #words = new Set<string>();

  add(position: YamlPosition): void {
    const path = formatPath(position.path);
    this.#touched.add(path);
    if (position.word === undefined) this.#whole.add(path);
    else this.#words.add(`${position.word} ${path}`);
  }

  /** True for a claimed word, and for a whole text that a rule has found its way into. */
  has(position: Pick<YamlPosition, 'path' | 'word'>): boolean {
    const path = formatPath(position.path);
    if (position.word === undefined) return this.#touched.has(path);
    return this.#whole.has(path) || this.#words.has(`${position.word} ${path}`);
  }
}
