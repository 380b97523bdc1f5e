import type { Readable } from 'node:stream';
import { ChartImagesError } from '../errors.ts';
import type { Deadlines } from './deadlines.ts';
import { type HttpRequest, isReplayable } from './response.ts';

/** The time that one try may take, redirects included. */
export interface TimeLimit {
  /** Calls back once the time is over. Returns what takes the listener away again. */
  onEnd(listener: (error: ChartImagesError) => void): () => void;
  /** Undefined while there is time left. */
  error(): ChartImagesError | undefined;
  /** Counts the waiting of an upload instead: as long as the server takes from it there is time. */
  follow(upload: Readable): void;
  end(): void;
}

export function createTimeLimit(deadlines: Deadlines, request: HttpRequest): TimeLimit {
  const listeners = new Set<(error: ChartImagesError) => void>();
  let over: ChartImagesError | undefined;
  let isAnswered = false;
  let timer: NodeJS.Timeout | undefined;
  const start = (milliseconds: number, what: string): void => {
    clearTimeout(timer);
    // An upload that was answered early may go on for a moment.
    if (isAnswered) return;
    timer = setTimeout(() => {
      over = outOfTime(request.url, milliseconds, what);
      for (const listener of [...listeners]) listener(over);
    }, milliseconds);
  };
  start(deadlines.response, isReplayable(request) ? 'did not complete its answer' : 'did not begin to take an upload');
  return {
    onEnd(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    error: () => over,
    follow(upload) {
      // Undici pauses the stream while the server takes nothing.
      upload.on('pause', () => start(deadlines.uploadPause, 'took nothing of an upload'));
      upload.on('resume', () => clearTimeout(timer));
      upload.once('end', () => start(deadlines.uploadAnswer, 'did not answer an upload'));
    },
    end() {
      isAnswered = true;
      clearTimeout(timer);
    },
  };
}

function outOfTime({ host }: URL, milliseconds: number, what: string): ChartImagesError {
  return new ChartImagesError('timeout', `${host} ${what} within ${milliseconds / 1000} s.`, {
    advice: 'Try again later. If the problem persists, ask the operator of the server or of the network.',
  });
}
