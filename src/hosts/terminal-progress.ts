import type { ProgressSource } from '../core/progress.ts';
import { progressLines } from './draw-progress.ts';
import type { ProcessEnvironment } from './process-environment.ts';
import { createStatusArea, type StatusArea, type Terminal } from './terminal-status.ts';
import { createRateMeter } from './transfer-rate.ts';

/** Milliseconds. Work that finishes earlier needs no display. */
const displayDelay = 500;

/** Milliseconds. */
const redrawInterval = 125;

/** False for files, pipelines and terminals that cannot move their cursor. */
export function isInteractive({ env, isTTY }: Pick<ProcessEnvironment, 'env' | 'isTTY'>): boolean {
  return isTTY.error && env['TERM'] !== 'dumb' && !env['CI'];
}

export interface ProgressTerminal extends Terminal {
  /** Escapes a line. */
  safe(line: string): string;
}

export interface ProgressDisplay {
  /** Undefined if nothing is displayed. */
  readonly area: StatusArea | undefined;
  end(): void;
}

/** Displays the progress until `end`. */
export function displayProgress(read: ProgressSource, follower: ProgressTerminal): ProgressDisplay {
  const meter = createRateMeter();
  let area: StatusArea | undefined;
  let timer: NodeJS.Timeout;
  let over = false;
  const draw = (): void => {
    const progress = read();
    area?.draw(progressLines(progress, meter.sample(progress, performance.now()), follower.size()).map(follower.safe));
  };
  const start = async (): Promise<void> => {
    const opened = await createStatusArea(follower);
    if (over) return;
    area = opened;
    draw();
    timer = setInterval(draw, redrawInterval);
    timer.unref();
  };
  // An error of the display must not end the work.
  timer = setTimeout(() => void start().catch(() => {}), displayDelay);
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
