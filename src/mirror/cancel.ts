import { ChartImagesError } from '../errors.ts';

/** Throws `cancelled` once the run was interrupted. */
export function stopIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw cancelled();
}

export function cancelled(): ChartImagesError {
  return new ChartImagesError('cancelled', 'The run was interrupted.', {
    advice: 'Run it again: what has arrived in the target is not copied again.',
  });
}
