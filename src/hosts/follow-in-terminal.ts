import type { ReadProgress } from '../progress.ts';
import { progressLines } from './draw-progress.ts';
import { type LiveArea, openLiveArea, type Terminal } from './live-area.ts';
import { createPace } from './pace.ts';
import type { Surroundings } from './surroundings.ts';

/** Milliseconds before anything is drawn: what is over by then needs no drawing. */
const patience = 500;

/** Milliseconds between two drawings. */
const interval = 125;

/** A person who watches: not a file, not a pipeline, not a terminal that can not move its cursor. */
export function isWatched({ env, attended }: Pick<Surroundings, 'env' | 'attended'>): boolean {
  return attended.error && env['TERM'] !== 'dumb' && !env['CI'];
}

export interface TerminalFollower extends Terminal {
  /** Makes a line harmless. */
  safe(line: string): string;
}

export interface Following {
  /** What is drawn at the moment. */
  readonly area: LiveArea | undefined;
  end(): void;
}

/** Draws how far the work has come until `end`. */
export function followInTerminal(read: ReadProgress, follower: TerminalFollower): Following {
  const pace = createPace();
  let area: LiveArea | undefined;
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
  // A drawing that can not be made is no reason to end what it is of.
  timer = setTimeout(() => void start().catch(() => {}), patience);
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
