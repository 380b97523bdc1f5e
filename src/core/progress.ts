/** One item in progress. */
export interface ProgressItem {
  /** Untrusted: it may be text of a chart or a registry. */
  readonly name: string;
  /** Bytes. */
  readonly done: number;
  /** Bytes. Undefined if unknown. */
  readonly total: number | undefined;
}

/** A snapshot of the progress of a step. */
export interface Progress {
  /** Completes the count: `charts rendered` in `12 of 60 charts rendered`. */
  readonly label: string;
  readonly done: number;
  readonly total: number;
  /** Undefined if the step transfers no content. */
  readonly bytes?: { readonly done: number; readonly total: number | undefined } | undefined;
  /** In the order in which they started. */
  readonly underway: readonly ProgressItem[];
}

export type ProgressSource = () => Progress;

export interface Counter {
  readonly read: ProgressSource;
  increment(): void;
}

/** Counts the items of a step that transfers no content. */
export function createCounter(label: string, total: number): Counter {
  let done = 0;
  return {
    read: () => ({ label, done, total, underway: [] }),
    increment: () => {
      done += 1;
    },
  };
}
