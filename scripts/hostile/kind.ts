import type { Random } from './random.ts';

/** One kind of input that strangers write, and what the program does with it. */
export interface Kind {
  readonly name: string;
  /** How many of a hundred inputs are of this kind; cheap ones and those that everything passes through have more. */
  readonly share: number;
  /** Prepares what all inputs have in common. `folder` is empty and this worker's own. */
  open(folder: string): Promise<Opened>;
}

export interface Opened {
  /** Makes one input; the same numbers give the same input. */
  make(random: Random): Made;
  close?(): Promise<void>;
}

export interface Made {
  /** The input as it is, for `--show`. */
  readonly input: string | Buffer;
  /** Gives it to the program. What it throws is judged as a run would. */
  run(): Promise<Seen>;
}

/** What came of an input that was taken without an error. */
export interface Seen {
  /** A word of a short list, such as `ok` or `absent`. */
  readonly outcome: string;
  /** Everything that was shown, written or sent, where no secret may be. */
  readonly texts: readonly string[];
}
