import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import { ChartImagesError, cancelledError } from '../../core/errors.ts';
import type { BufferedResponse } from '../../core/http/response.ts';
import { retryAfter } from '../../core/http/retry-policy.ts';
import { type ArmClient, parseJson } from './arm.ts';
import { ArmResponseError, operationFailedError } from './arm-error.ts';

/** Milliseconds between two polls without Retry-After, as in the Azure CLI. */
const defaultPollInterval = 10_000;
const maximumPollInterval = 60_000;

/**
 * Milliseconds. An artifact manifest takes one or two minutes, an import of the largest images a quarter of an hour.
 */
const operationTimeout = 45 * 60_000;

/** Consecutive polls that may fail, because their errors do not affect the operation. */
const maximumPollErrors = 5;

/** Errors of a poll, not of the operation. */
const transientCodes: readonly string[] = ['network', 'timeout', 'throttled'];

const statusShape = v.object({
  status: v.string(),
  error: v.optional(v.object({ code: v.optional(v.string(), ''), message: v.optional(v.string(), '') })),
});

/**
 * Waits for a long-running operation (Azure resource-manager RPC, "Asynchronous Operations") after a 200, 201 or 202.
 * Polls `Azure-AsyncOperation`, or else `Location`. Throws `azure-operation` if it failed, was canceled or timed out,
 * and `not-found` if Azure no longer has its status.
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
  // A monotonic clock, which is independent of changes of the system clock.
  const deadline = performance.now() + operationTimeout;
  let last = started;
  for (let issues = 0; ; ) {
    const pause = Math.min(retryAfter(last, Date.now()) ?? defaultPollInterval, maximumPollInterval);
    if (performance.now() + pause > deadline) throw operationTimeoutError(operation);
    await delay(pause, signal);
    try {
      last = await arm.send({ method: 'GET', target: url, operation });
      issues = 0;
      if (status === undefined ? last.status !== 202 : hasSucceeded(last, operation, arm)) return;
    } catch (error) {
      if (error instanceof ChartImagesError && error.code === 'not-found') throw operationLostError(error);
      if (!(error instanceof ChartImagesError) || !isTransient(error)) throw error;
      issues += 1;
      if (issues > maximumPollErrors) throw error;
    }
  }
}

/** An error of the poll, such as a gateway of Azure that fails, says nothing about the operation. */
function isTransient(error: ChartImagesError): boolean {
  return transientCodes.includes(error.code) || (error instanceof ArmResponseError && error.status >= 500);
}

function hasSucceeded(response: BufferedResponse, operation: string, arm: ArmClient): boolean {
  const read = v.safeParse(statusShape, parseJson(response));
  if (!read.success)
    throw operationFailedError(operation, { code: '', message: 'a response without a status' }, arm.identity());
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
  return new ChartImagesError('not-found', `${error.message} The operation had started before.`, {
    advice: 'Run again. If the problem persists, check the activity log of the resource in the Azure portal.',
    cause: error,
  });
}

function operationTimeoutError(operation: string): ChartImagesError {
  return new ChartImagesError(
    'azure-operation',
    `Cannot ${operation}: the Azure operation has not finished after ${operationTimeout / 60_000} minutes.`,
    { advice: 'Check the activity log of the resource in the Azure portal, and run again when it has finished.' },
  );
}
