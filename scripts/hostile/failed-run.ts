/** A run of the program that threw, with what was said and sent until then: there may be a secret in either. */
export class FailedRun extends Error {
  readonly thrown: unknown;
  readonly texts: readonly string[];

  constructor(thrown: unknown, texts: readonly string[]) {
    super('the run failed');
    this.thrown = thrown;
    this.texts = texts;
  }
}
