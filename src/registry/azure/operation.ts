import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import { ChartImagesError, cancelledError } from '../../core/errors.ts';
import type { BufferedResponse } from '../../core/http/response.ts';
import { retryAfter } from '../../core/http/retry-policy.ts';
import { type ArmClient, parseJson } from './arm.ts';
import { operationFailedError } from './arm-error.ts';

/** Milliseconds between two questions where Azure does not say; what its command line waits. */
const defaultPollInterval = 10_000;
const longestPause = 60_000;

/** Milliseconds. Creating an artifact manifest takes one or two minutes, importing the largest images a quarter of an hour. */
const longestOperation = 45 * 60_000;

/** Questions in a row that may go wrong: the operation goes on whether or not one of them is answered. */
const maximumPollErrors = 5;

/** Faults that say nothing of the operation. */
const transientCodes: readonly string[] = ['network', 'timeout', 'throttled'];

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
  started: BufferedResponse,
  operation: string,
  arm: ArmClient,
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
  for (let issues = 0; ; ) {
    const pause = Math.min(retryAfter(last, Date.now()) ?? defaultPollInterval, longestPause);
    if (performance.now() + pause > deadline) throw operationTimeoutError(operation);
    await delay(pause, signal);
    try {
      last = await arm.send({ method: 'GET', target: url, operation });
      issues = 0;
      if (status === undefined ? last.status !== 202 : hasSucceeded(last, operation, arm)) return;
    } catch (error) {
      if (error instanceof ChartImagesError && error.code === 'not-found') throw operationLostError(error);
      if (!(error instanceof ChartImagesError) || !transientCodes.includes(error.code)) throw error;
      issues += 1;
      if (issues > maximumPollErrors) throw error;
    }
  }
}

function hasSucceeded(response: BufferedResponse, operation: string, arm: ArmClient): boolean {
  const read = v.safeParse(statusShape, parseJson(response));
  if (!read.success)
    throw operationFailedError(operation, { code: '', message: 'an answer without a status' }, arm.identity());
  const { status, error = { code: status, message: '' } } = read.output;
  switch (status.toLowerCase()) {
    case 'succeeded':
      return true;
    case 'failed':
    case 'canceled':
    case 'cancelled':
      throw operationFailedError(operation, error, arm.identity());
    default:
      return false;
  }
}

async function delay(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch((cause: unknown) => {
    throw cancelledError(cause);
  });
}

function operationLostError(error: ChartImagesError): ChartImagesError {
  return new ChartImagesError('not-found', `${error.message} It took the operation on before.`, {
    advice: 'Run again; when it stays so, look at the activity log of the resource in the Azure portal.',
    cause: error,
  });
}

function operationTimeoutError(operation: string): ChartImagesError {
  return new ChartImagesError(
    'azure-operation',
    `Could not ${operation}: Azure is not done with it after ${longestOperation / 60_000} minutes.`,
    {
      advice: 'Look at the activity log of the resource in the Azure portal, and run again when it is done.',
    },
  );
}
