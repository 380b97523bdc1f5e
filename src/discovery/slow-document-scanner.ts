import { Worker } from 'node:worker_threads';
import type { Occurrence } from './occurrence.ts';
import { type DocumentScan, notScanned } from './scan-rendering.ts';

/** The longest documents within the bounds (read-tree.ts) take 250 MB. */
const threadMegabytes = 384;
/** Milliseconds between looks at the budget. */
const pause = 250;

/** The bundle's entry starts the worker where it finds itself in a thread (main.ts). */
const entry = new URL(import.meta.url.endsWith('.ts') ? 'scan-worker.ts' : 'index.js', import.meta.url);

/** Examines documents one at a time in a thread, which is started for the first and ended where one takes too long. */
export class SlowExaminer {
  readonly #signal: AbortSignal;
  #worker: Worker | undefined;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** `isSpent` says when to give up, for the reason `tooLong`. Errors: `cancelled`. */
  async examine(examination: DocumentScan, isSpent: () => boolean, tooLong: string): Promise<readonly Occurrence[]> {
    const signal = this.#signal;
    signal.throwIfAborted();
    // Nothing of the run but the document: it needs neither its variables nor its arguments.
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
        const giveUp = (reason: string) => resolve(this.#lost(examination, reason));
        const onMessage = (observations: readonly Occurrence[]) => resolve(observations);
        const onError = (error: Error & { readonly code?: unknown }) => {
          if (error.code !== 'ERR_WORKER_OUT_OF_MEMORY') reject(error);
          else giveUp('reading it takes more memory than there is for one document');
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
        worker.postMessage(examination);
      });
    } finally {
      forget();
    }
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    // Why it fails now is of no use to anybody any more.
    worker?.on('error', () => {});
    await worker?.terminate();
  }

  #lost(examination: DocumentScan, reason: string): readonly Occurrence[] {
    this.close().catch(() => {});
    return notScanned(examination, reason);
  }
}
