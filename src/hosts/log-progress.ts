import type { Progress, ProgressSource } from '../core/progress.ts';
import { progressSummary } from './draw-progress.ts';
import { createRateMeter } from './transfer-rate.ts';

/** Milliseconds. */
const pollInterval = 1_000;

/** Runners store every line for weeks, so only some polls log one. */
const pollsPerLine = 30;

export interface ProgressLog {
  /** Writes a line to the log. */
  line(summary: string): void;
  /** Called at every poll. */
  onPoll?(progress: Progress, summary: string): void;
}

/** Logs progress on hosts without a terminal. Short work finishes before the first line. */
export async function logProgress<T>(read: ProgressSource, work: () => Promise<T>, follower: ProgressLog): Promise<T> {
  const meter = createRateMeter();
  let polls = 0;
  const timer = setInterval(() => {
    polls += 1;
    const progress = read();
    const summary = progressSummary(progress, meter.sample(progress, performance.now()).all);
    follower.onPoll?.(progress, summary);
    if (polls % pollsPerLine === 0) follower.line(summary);
  }, pollInterval);
  // The timer must not keep the process alive.
  timer.unref();
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
