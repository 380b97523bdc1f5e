import { setTimeout as sleep } from 'node:timers/promises';
import { cancelledError } from '../../core/errors.ts';

/**
 * Milliseconds between tries: about 15 seconds together. Registries with replicas know content a moment after they have
 * accepted it.
 */
const defaultSettleDelays = [300, 700, 1_500, 2_500, 4_000, 6_000] as const;

export interface SettleOptions {
  readonly signal: AbortSignal;
  /** Milliseconds between tries. Default: 15 s together. */
  readonly settleDelays?: readonly number[] | undefined;
}

/** Runs `attempt` until it returns a value, or until the registry had enough time. */
export async function settle<T>(
  { signal, settleDelays = defaultSettleDelays }: SettleOptions,
  attempt: (isLast: boolean) => Promise<T | undefined>,
): Promise<T | undefined> {
  for (const delay of [...settleDelays, undefined]) {
    if (signal.aborted) throw cancelledError();
    const value = await attempt(delay === undefined);
    if (value !== undefined || delay === undefined) return value;
    await sleep(delay, undefined, { signal }).catch((cause: unknown) => {
      throw cancelledError(cause);
    });
  }
  return undefined;
}
