import { ChartImagesError } from '../../core/errors.ts';

/** Takes what ends the work that is late. */
export type WhenLate = (end: (error: ChartImagesError) => void) => void;

/** Work that is given up after so many milliseconds, whatever it does. Errors: `timeout`, and its own. */
export async function inTime<T>(
  host: string,
  milliseconds: number,
  work: (whenLate: WhenLate) => Promise<T>,
): Promise<T> {
  const ends: ((error: ChartImagesError) => void)[] = [];
  const late = new ChartImagesError(
    'timeout',
    `${host} did not send all of its answer within ${milliseconds / 1000} s.`,
    {
      advice: 'Try again later, or look for what slows the network down.',
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
  // Whoever is late fails after its end, too.
  working.catch(() => {});
  try {
    return await Promise.race([working, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
