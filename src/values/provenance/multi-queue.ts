/** Things by key, each taken once; those of one key in their order. */
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

  /** What has not been taken. */
  remaining(): readonly T[] {
    return [...this.#byKey.values()].flat();
  }
}
