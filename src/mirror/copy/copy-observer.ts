import type { Descriptor } from '../../registry/client/registry.ts';
import type { Outcome, PlannedCopy } from '../plan/plan.ts';

/** Observes a copy. It is called for thousands of blobs: it counts, and does nothing else. */
export interface CopyObserver {
  /** An image begins to move; images that need not move only end. */
  onStart(copy: PlannedCopy): void;
  /** The bytes of a blob begin to come; `arrived` says how many have, as often as it is asked. */
  onProgress(blob: Descriptor, received: () => number): void;
  /** A blob is in a repository of the target, whichever way it came. */
  onBlobDone(blob: Descriptor): void;
  /** It is known what became of an image. */
  onEnd(outcome: Outcome): void;
}
