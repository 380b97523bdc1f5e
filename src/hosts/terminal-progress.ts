import type { ProgressSource } from '../core/progress.ts';
import { progressLines } from './draw-progress.ts';
import type { ProcessEnvironment } from './process-environment.ts';
import { openLiveArea, type StatusArea, type Terminal } from './terminal-status.ts';
import { createRateMeter } from './transfer-rate.ts';

/** Milliseconds before anything is drawn: what is over by then needs no drawing. */
const retryPolicy = 500;

/** Milliseconds between two drawings. */
const interval = 125;

/** A person who watches: not a file, not a pipeline, not a terminal that cannot move its cursor. */
export function isInteractive({ env, isTTY: attended }: Pick<ProcessEnvironment, 'env' | 'isTTY'>): boolean {
  return attended.error && env['TERM'] !== 'dumb' && !env['CI'];
}

export interface TerminalFollower extends Terminal {
  /** Makes a line harmless. */
  safe(line: string): string;
}

export interface ProgressDisplay {
  /** What is drawn at the moment. */
  readonly area: StatusArea | undefined;
  end(): void;
}

/** Draws how far the work has come until `end`. */
export function followInTerminal(read: ProgressSource, follower: TerminalFollower): ProgressDisplay {
  const pace = createRateMeter();
  let area: StatusArea | undefined;
  let timer: NodeJS.Timeout;
  let over = false;
  const draw = (): void => {
    const progress = read();
    area?.draw(progressLines(progress, pace.look(progress, performance.now()), follower.size()).map(follower.safe));
  };
  const start = async (): Promise<void> => {
    const opened = await openLiveArea(follower);
    if (over) return;
    area = opened;
    draw();
    timer = setInterval(draw, interval);
    timer.unref();
  };
  // A drawing that cannot be made is no reason to end what it is of.
  timer = setTimeout(() => void start().catch(() => {}), retryPolicy);
  timer.unref();
  return {
    get area() {
      return area;
    },
    end() {
      over = true;
      clearTimeout(timer);
      area?.end();
      area = undefined;
    },
  };
}
