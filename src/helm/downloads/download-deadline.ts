import { ChartImagesError } from '../../core/errors.ts';

/** Registers a function that stops the work at the deadline. */
export type OnTimeout = (stop: (error: ChartImagesError) => void) => void;

/** Throws `timeout` after `milliseconds`, and the errors of `work`. */
export async function withDeadline<T>(
  host: string,
  milliseconds: number,
  work: (onTimeout: OnTimeout) => Promise<T>,
): Promise<T> {
  const stops: ((error: ChartImagesError) => void)[] = [];
  const timeoutError = new ChartImagesError(
    'timeout',
    `${host} did not send the complete response within ${milliseconds / 1000} s.`,
    {
      advice: 'Try again later, or check the network connection.',
    },
  );
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      for (const stop of stops) stop(timeoutError);
      reject(timeoutError);
    }, milliseconds);
  });
  const running = work((stop) => void stops.push(stop));
  // After the deadline, the stopped work rejects too.
  running.catch(() => {});
  try {
    return await Promise.race([running, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
