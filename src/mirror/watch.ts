import type { Blob } from '../registry/registry.ts';
import type { Outcome, PlannedCopy } from './plan.ts';

/** Who is told how a copy goes on. What it is told may be told for thousands of blobs: it counts, and does nothing else. */
export interface CopyWatch {
  /** An image begins to move; images that need not move only end. */
  begins(copy: PlannedCopy): void;
  /** The bytes of a blob begin to come; `arrived` says how many have, as often as it is asked. */
  moves(blob: Blob, arrived: () => number): void;
  /** A blob is in a repository of the target, whichever way it came. */
  lands(blob: Blob): void;
  /** It is known what became of an image. */
  ends(outcome: Outcome): void;
}
