import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import { ChartImagesError, cancelled } from '../errors.ts';
import type { WholeAnswer } from '../http/answer.ts';
import { retryAfter } from '../http/patience.ts';
import { type Arm, parseJson } from './arm.ts';
import { failedOperation } from './refusal.ts';

/** Milliseconds between two questions where Azure does not say; what its command line waits. */
const usualPause = 10_000;
const longestPause = 60_000;

/** Milliseconds. Creating an artifact manifest takes one or two minutes, importing the largest images a quarter of an hour. */
const longestOperation = 45 * 60_000;

/** Questions in a row that may go wrong: the operation goes on whether or not one of them is answered. */
const faultsInARow = 5;

/** Faults that say nothing of the operation. */
const passing: readonly string[] = ['network', 'timeout', 'throttled'];

const statusShape = v.object({
  status: v.string(),
  error: v.optional(v.object({ code: v.optional(v.string(), ''), message: v.optional(v.string(), '') })),
});

/**
 * Waits until Azure has done what it took on with an answer of 200, 201 or 202 (Azure resource-manager RPC, "Asynchronous
 * Operations"): by `Azure-AsyncOperation` where there is one, else by `Location`. Throws `azure-operation` when it failed, was
 * cancelled or does not end, `not-found` when Azure knows nothing of it any more.
 */
export async function waitForOperation(
  started: WholeAnswer,
  operation: string,
  arm: Arm,
  signal: AbortSignal,
): Promise<void> {
  const status = started.headers['azure-asyncoperation'];
  const location = started.status === 202 ? started.headers['location'] : undefined;
  const target = status ?? location;
  if (target === undefined || !URL.canParse(target, started.url.href)) return;
  const url = new URL(target, started.url);
  // By a clock that nobody sets in between.
  const deadline = performance.now() + longestOperation;
  let last = started;
  for (let faults = 0; ; ) {
    const pause = Math.min(retryAfter(last, Date.now()) ?? usualPause, longestPause);
    if (performance.now() + pause > deadline) throw unending(operation);
    await rest(pause, signal);
    try {
      last = await arm.send({ method: 'GET', target: url, operation });
      faults = 0;
      if (status === undefined ? last.status !== 202 : hasSucceeded(last, operation, arm)) return;
    } catch (error) {
      if (error instanceof ChartImagesError && error.code === 'not-found') throw vanished(error);
      if (!(error instanceof ChartImagesError) || !passing.includes(error.code)) throw error;
      faults += 1;
      if (faults > faultsInARow) throw error;
    }
  }
}

function hasSucceeded(answer: WholeAnswer, operation: string, arm: Arm): boolean {
  const read = v.safeParse(statusShape, parseJson(answer));
  if (!read.success)
    throw failedOperation(operation, { code: '', message: 'an answer without a status' }, arm.identity());
  const { status, error = { code: status, message: '' } } = read.output;
  switch (status.toLowerCase()) {
    case 'succeeded':
      return true;
    case 'failed':
    case 'canceled':
    case 'cancelled':
      throw failedOperation(operation, error, arm.identity());
    default:
      return false;
  }
}

async function rest(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch((cause: unknown) => {
    throw cancelled(cause);
  });
}

function vanished(error: ChartImagesError): ChartImagesError {
  return new ChartImagesError('not-found', `${error.message} It took the operation on before.`, {
    advice: 'Run again; when it stays so, look at the activity log of the resource in the Azure portal.',
    cause: error,
  });
}

function unending(operation: string): ChartImagesError {
  return new ChartImagesError(
    'azure-operation',
    `Could not ${operation}: Azure is not done with it after ${longestOperation / 60_000} minutes.`,
    {
      advice: 'Look at the activity log of the resource in the Azure portal, and run again when it is done.',
    },
  );
}
