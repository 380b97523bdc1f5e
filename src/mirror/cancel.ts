import { cancelled } from '../errors.ts';

/** Throws `cancelled` once the run was interrupted. */
export function stopIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw cancelled();
}
