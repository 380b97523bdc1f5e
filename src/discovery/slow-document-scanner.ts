import { Worker } from 'node:worker_threads';
import type { Occurrence } from './occurrence.ts';
import { type DocumentScan, notScanned } from './scan-rendering.ts';

/** The largest documents within the limits (parse-yaml-tree.ts) take 250 MB. */
const threadMegabytes = 384;
/** Milliseconds between checks of the budget. */
const pause = 250;

/** In the bundle, the entry point starts the worker when it runs in a thread (main.ts). */
const entry = new URL(import.meta.url.endsWith('.ts') ? 'scan-worker.ts' : 'index.js', import.meta.url);

/** Scans documents one at a time in a thread, which starts with the first, and is terminated if one takes too long. */
export class SlowDocumentScanner {
  readonly #signal: AbortSignal;
  #worker: Worker | undefined;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Gives up with the reason `tooLong` when `isSpent` returns true. Throws `cancelled`. */
  async scan(documentScan: DocumentScan, isSpent: () => boolean, tooLong: string): Promise<readonly Occurrence[]> {
    const signal = this.#signal;
    signal.throwIfAborted();
    // The worker needs only the document, not the variables or arguments of the process.
    this.#worker ??= new Worker(entry, {
      env: {},
      argv: [],
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: threadMegabytes },
    });
    const worker = this.#worker;
    let forget = () => {};
    try {
      return await new Promise<readonly Occurrence[]>((resolve, reject) => {
        const giveUp = (reason: string) => resolve(this.#lost(documentScan, reason));
        const onMessage = (occurrences: readonly Occurrence[]) => resolve(occurrences);
        const onError = (error: Error & { readonly code?: unknown }) => {
          if (error.code !== 'ERR_WORKER_OUT_OF_MEMORY') reject(error);
          else giveUp('scanning it exceeds the memory limit of one document');
        };
        const onAbort = () => reject(signal.reason);
        const timer = setInterval(() => isSpent() && giveUp(tooLong), pause);
        worker.on('message', onMessage).on('error', onError);
        signal.addEventListener('abort', onAbort);
        forget = () => {
          clearInterval(timer);
          worker.off('message', onMessage).off('error', onError);
          signal.removeEventListener('abort', onAbort);
        };
        worker.postMessage(documentScan);
      });
    } finally {
      forget();
    }
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    // Errors during termination have no effect on the result.
    worker?.on('error', () => {});
    await worker?.terminate();
  }

  #lost(documentScan: DocumentScan, reason: string): readonly Occurrence[] {
    this.close().catch(() => {});
    return notScanned(documentScan, reason);
  }
}
