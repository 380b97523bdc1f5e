import type { Descriptor } from '../../registry/client/registry.ts';
import type { Outcome, PlannedCopy } from '../plan/plan.ts';

/** Observes a copy. Called for thousands of blobs, so implementations must be cheap. */
export interface CopyObserver {
  /** A copy starts. Images that need no copy only end. */
  onStart(copy: PlannedCopy): void;
  /** A blob is being read; `received` returns its bytes so far. */
  onProgress(blob: Descriptor, received: () => number): void;
  /** A blob is in the target: uploaded, mounted, or existing. */
  onBlobDone(blob: Descriptor): void;
  onEnd(outcome: Outcome): void;
}
