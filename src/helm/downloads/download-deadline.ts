import { ChartImagesError } from '../../core/errors.ts';

/** Registers a function that stops the work at the deadline. */
export type OnTimeout = (end: (error: ChartImagesError) => void) => void;

/** Throws `timeout` after `milliseconds`, and the errors of `work`. */
export async function withDeadline<T>(
  host: string,
  milliseconds: number,
  work: (onTimeout: OnTimeout) => Promise<T>,
): Promise<T> {
  const ends: ((error: ChartImagesError) => void)[] = [];
  const late = new ChartImagesError(
    'timeout',
    `${host} did not send the complete response within ${milliseconds / 1000} s.`,
    {
      advice: 'Try again later, or check the network connection.',
    },
  );
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      for (const end of ends) end(late);
      reject(late);
    }, milliseconds);
  });
  const working = work((end) => void ends.push(end));
  // After the deadline, the stopped work rejects too.
  working.catch(() => {});
  try {
    return await Promise.race([working, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
