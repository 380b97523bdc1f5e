/** One piece of work that is under way. */
export interface ProgressItem {
  /** May have come from a chart or a registry. */
  readonly name: string;
  /** Bytes. */
  readonly done: number;
  /** Bytes; undefined where they are not known. */
  readonly total: number | undefined;
}

/** How far a piece of work has come: a value, read as often as an observer likes. */
export interface Progress {
  /** What is counted, as in `12 of 60 charts rendered`. */
  readonly label: string;
  readonly done: number;
  readonly total: number;
  /** Undefined where bytes are not what it is about. */
  readonly bytes?: { readonly done: number; readonly total: number | undefined } | undefined;
  /** What began first comes first. */
  readonly underway: readonly ProgressItem[];
}

export type ProgressSource = () => Progress;

export interface Counter {
  readonly read: ProgressSource;
  /** One more is done. */
  count(): void;
}

/** Counts work that has no bytes. */
export function createCounter(what: string, total: number): Counter {
  let done = 0;
  return {
    read: () => ({ label: what, done, total, underway: [] }),
    count: () => {
      done += 1;
    },
  };
}
