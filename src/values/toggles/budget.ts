/** How many more renderings are allowed. */
export class Budget {
  readonly #whole: Budget | undefined;
  #left: number;

  /** `whole`: what this is a part of; both have to suffice. */
  constructor(renderings: number, whole?: Budget) {
    this.#left = renderings;
    this.#whole = whole;
  }

  get left(): number {
    return this.#whole === undefined ? this.#left : Math.min(this.#left, this.#whole.left);
  }

  /** False when there is none left. */
  take(): boolean {
    if (this.left <= 0) return false;
    this.#left -= 1;
    return this.#whole?.take() ?? true;
  }
}
