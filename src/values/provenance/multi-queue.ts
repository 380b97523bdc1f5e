/** A FIFO queue per key. */
export class KeyedQueue<T> {
  readonly #byKey = new Map<string, T[]>();

  constructor(things: readonly T[], keyOf: (thing: T) => string) {
    for (const thing of things) {
      const key = keyOf(thing);
      const known = this.#byKey.get(key);
      if (known) known.push(thing);
      else this.#byKey.set(key, [thing]);
    }
  }

  take(key: string): T | undefined {
    return this.#byKey.get(key)?.shift();
  }

  remaining(): readonly T[] {
    return [...this.#byKey.values()].flat();
  }
}
