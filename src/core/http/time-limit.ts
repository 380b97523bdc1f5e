import type { Readable } from 'node:stream';
import { ChartImagesError } from '../errors.ts';
import type { Deadlines } from './deadlines.ts';
import { type HttpRequest, isReplayable } from './response.ts';

/** The time limit of one attempt, including redirects. */
export interface TimeLimit {
  /** Calls the listener when the time is up. Returns a function that removes the listener. */
  onEnd(listener: (error: ChartImagesError) => void): () => void;
  /** Undefined until the time is up. */
  error(): ChartImagesError | undefined;
  /** Limits only the pauses of an upload, and the wait for its response. */
  follow(upload: Readable): void;
  end(): void;
}

export function createTimeLimit(deadlines: Deadlines, request: HttpRequest): TimeLimit {
  const listeners = new Set<(error: ChartImagesError) => void>();
  let timeout: ChartImagesError | undefined;
  let hasEnded = false;
  let timer: NodeJS.Timeout | undefined;
  const start = (milliseconds: number, failure: string): void => {
    clearTimeout(timer);
    // An upload may continue for a moment after an early response.
    if (hasEnded) return;
    timer = setTimeout(() => {
      timeout = timeoutError(request.url, milliseconds, failure);
      for (const listener of [...listeners]) listener(timeout);
    }, milliseconds);
  };
  if (request.responseTime === 'upload') start(deadlines.uploadResponse, 'did not respond to an upload');
  else start(deadlines.response, isReplayable(request) ? 'did not complete its response' : 'did not accept an upload');
  return {
    onEnd(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    error: () => timeout,
    follow(upload) {
      // Undici pauses the stream while the server accepts no bytes.
      upload.on('pause', () => start(deadlines.uploadPause, 'accepted no bytes of an upload'));
      upload.on('resume', () => clearTimeout(timer));
      upload.once('end', () => start(deadlines.uploadResponse, 'did not respond to an upload'));
    },
    end() {
      hasEnded = true;
      clearTimeout(timer);
    },
  };
}

function timeoutError({ host }: URL, milliseconds: number, failure: string): ChartImagesError {
  return new ChartImagesError('timeout', `${host} ${failure} within ${milliseconds / 1000} s.`, {
    advice: 'Try again later. If the problem persists, ask the operator of the server or of the network.',
  });
}
