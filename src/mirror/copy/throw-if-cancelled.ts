import { cancelledError } from '../../core/errors.ts';

/** Throws `cancelled` once the run was interrupted. */
export function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw cancelledError();
}
