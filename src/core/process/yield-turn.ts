/** Milliseconds of work between two turns of the event loop. A run must end within a second of a signal. */
const maximumTurn = 50;

/** Time of the last turn of the event loop, which all work of the process shares. */
let lastTurn = performance.now();
let next: Promise<void> | undefined;

/**
 * Waits for one turn of the event loop, which handles pending signals, timers and responses. Throws the reason of the
 * signal if it is aborted.
 */
export async function yieldTurn(signal?: AbortSignal): Promise<void> {
  // The event loop delivers signals before it runs the callbacks of setImmediate.
  next ??= new Promise<void>((resolve) => {
    setImmediate(() => {
      next = undefined;
      lastTurn = performance.now();
      resolve();
    });
  });
  await next;
  signal?.throwIfAborted();
}

/** Yields only if `isDue`. Call it often: it is cheap otherwise. */
export async function yieldIfDue(signal?: AbortSignal): Promise<void> {
  // Other tasks may have used up the same turn of the event loop.
  while (isDue()) await yieldTurn(signal);
}

/** True if the event loop has been busy for too long. */
export function isDue(): boolean {
  return performance.now() - lastTurn > maximumTurn;
}
