import type { Progress, ReadProgress } from '../progress.ts';
import { progressSummary } from './draw-progress.ts';
import { createPace } from './pace.ts';

/** Milliseconds between two looks. */
const look = 1_000;

/** Looks between two lines of the log: a runner keeps every one of them for weeks. */
const looksPerLine = 30;

export interface LogFollower {
  /** A line for the log. */
  line(summary: string): void;
  /** Called at every look. */
  look?(progress: Progress, summary: string): void;
}

/** Tells in a log that nobody can draw in how far the work is; short work is over before the first line. */
export async function followInLog<T>(read: ReadProgress, work: () => Promise<T>, follower: LogFollower): Promise<T> {
  const pace = createPace();
  let looks = 0;
  const timer = setInterval(() => {
    looks += 1;
    const progress = read();
    const summary = progressSummary(progress, pace.look(progress, performance.now()).all);
    follower.look?.(progress, summary);
    if (looks % looksPerLine === 0) follower.line(summary);
  }, look);
  // It must not keep a process alive that has been told to end.
  timer.unref();
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
