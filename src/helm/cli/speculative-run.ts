import type { ProgramResult } from '../../core/process/run-program.ts';
import type { Helm, PendingHelm } from './helm.ts';

export interface HelmRun {
  readonly helm: Helm;
  readonly result: ProgramResult;
}

/** Throws the errors of `runProgram`. */
export type RunHelm = (helm: Pick<Helm, 'path'>, signal: AbortSignal) => Promise<ProgramResult>;

export type HelmRunner = (run: RunHelm, signal: AbortSignal) => Promise<HelmRun>;

/** Until the helm is verified, commands run speculatively with the candidate. */
export function createHelmRunner(helm: Helm | PendingHelm): HelmRunner {
  let known = helm;
  return async (run, signal) => {
    if ('version' in known) return { helm: known, result: await run(known, signal) };
    const done = await runSpeculatively(known, run, signal);
    known = done.helm;
    return done;
  };
}

/**
 * Runs the candidate in parallel with its verification, because both take about as long. If another helm is used,
 * discards the result and runs that one.
 */
async function runSpeculatively(pending: PendingHelm, run: RunHelm, signal: AbortSignal): Promise<HelmRun> {
  const unwanted = new AbortController();
  const running = run({ path: pending.candidatePath }, AbortSignal.any([signal, unwanted.signal]));
  // Handled when the result is awaited below.
  running.catch(() => {});
  try {
    const helm = await pending.verified();
    if (helm.path === pending.candidatePath) return { helm, result: await running };
    await discardRun(running, unwanted);
    return { helm, result: await run(helm, signal) };
  } catch (thrown) {
    await discardRun(running, unwanted);
    throw thrown;
  }
}

/** Waits for the exit, because the process writes to a folder that is removed next. */
async function discardRun(running: Promise<unknown>, unwanted: AbortController): Promise<void> {
  unwanted.abort();
  await running.catch(() => {});
}
