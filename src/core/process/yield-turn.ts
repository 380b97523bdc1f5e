/** Milliseconds of work after which signals are looked for; a run ends within a second of one. */
const turn = 50;

/** When the event loop last had the time to hear signals. All work of the process keeps the same loop busy. */
let heard = performance.now();
let next: Promise<void> | undefined;

/**
 * Lets the event loop turn once, so that signals, timers, and answers that came during long work are handled. Throws the reason of
 * the signal if it is aborted.
 */
export async function yieldTurn(signal?: AbortSignal): Promise<void> {
  // The loop polls, which delivers signals, before it runs what setImmediate asks for.
  next ??= new Promise<void>((resolve) => {
    setImmediate(() => {
      next = undefined;
      heard = performance.now();
      resolve();
    });
  });
  await next;
  signal?.throwIfAborted();
}

/** The same where it is due. Call it often: it costs nothing in between. */
export async function breatheIfDue(signal?: AbortSignal): Promise<void> {
  // Others may have worked in the same turn of the loop.
  while (isDue()) await yieldTurn(signal);
}

/** True if the loop has been busy for so long that signals wait. */
export function isDue(): boolean {
  return performance.now() - heard > turn;
}
