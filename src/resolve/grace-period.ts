import { setTimeout as sleep } from 'node:timers/promises';
import { ChartImagesError } from '../core/errors.ts';
import type { Candidate, Lookup } from './resolution.ts';

/**
 * Milliseconds to wait for later sources after a match: enough for a response, short for a source that is down or
 * throttles.
 */
const grace = 2_000;

/** Limits the wait for lookups that cannot change the result. */
export interface GracePeriod {
  /** The lookup, or `unknown` after the grace period. A registry that was late once is not awaited again. */
  wait(candidate: Candidate, lookup: Promise<Lookup>): Promise<Lookup>;
}

export function createGracePeriod(): GracePeriod {
  const late = new Set<string>();
  return {
    async wait(candidate, lookup) {
      const { registry } = candidate.reference;
      const waiting = new AbortController();
      const tooLate = sleep(late.has(registry) ? 0 : grace, undefined, { signal: waiting.signal }).then((): Lookup => {
        late.add(registry);
        return { result: 'unknown', candidate, error: notAwaitedError(registry) };
      });
      // Aborted below.
      tooLate.catch(() => {});
      try {
        return await Promise.race([lookup, tooLate]);
      } finally {
        waiting.abort();
      }
    },
  };
}

function notAwaitedError(registry: string): ChartImagesError {
  return new ChartImagesError('timeout', `${registry} did not respond in time, and an earlier source has the image.`, {
    advice: 'If it must have the same content, check that the registry is up.',
  });
}
