import type { Progress, ProgressSource } from '../core/progress.ts';
import { progressSummary } from './draw-progress.ts';
import { createRateMeter } from './transfer-rate.ts';

/** Milliseconds between two looks. */
const pollInterval = 1_000;

/** Looks between two lines of the log: a runner keeps every one of them for weeks. */
const pollsPerLine = 30;

export interface LogFollower {
  /** A line for the log. */
  line(summary: string): void;
  /** Called at every look. */
  look?(progress: Progress, summary: string): void;
}

/** Logs progress where nothing can be drawn; short work is over before the first line. */
export async function followInLog<T>(read: ProgressSource, work: () => Promise<T>, follower: LogFollower): Promise<T> {
  const pace = createRateMeter();
  let looks = 0;
  const timer = setInterval(() => {
    looks += 1;
    const progress = read();
    const summary = progressSummary(progress, pace.look(progress, performance.now()).all);
    follower.look?.(progress, summary);
    if (looks % pollsPerLine === 0) follower.line(summary);
  }, pollInterval);
  // It must not keep a process alive that was asked to end.
  timer.unref();
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
