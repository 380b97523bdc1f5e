import type { ProgramResult } from '../../core/process/run-program.ts';
import type { Helm, PendingHelm } from './helm.ts';

export interface HelmRun {
  readonly helm: Helm;
  readonly result: ProgramResult;
}

/** One run of a helm. Errors: those of `runProgram`. */
export type RunHelm = (helm: Pick<Helm, 'path'>, signal: AbortSignal) => Promise<ProgramResult>;

export type HelmRunner = (run: RunHelm, signal: AbortSignal) => Promise<HelmRun>;

/** Runs of one round: ahead with the helm that is likely to be used until it is known which one is. */
export function createHelmRunner(helm: Helm | PendingHelm): HelmRunner {
  let known = helm;
  return async (run, signal) => {
    if ('version' in known) return { helm: known, result: await run(known, signal) };
    const made = await runSpeculatively(known, run, signal);
    known = made.helm;
    return made;
  };
}

/**
 * Runs the helm that is likely to be used, beside its telling whether it can be: each of the two takes as long as the other. Where
 * another one is used, that one runs again and what the first came to is dropped.
 */
async function runSpeculatively(ahead: PendingHelm, run: RunHelm, signal: AbortSignal): Promise<HelmRun> {
  const unwanted = new AbortController();
  const running = run({ path: ahead.candidatePath }, AbortSignal.any([signal, unwanted.signal]));
  // Reported once the helm is known to be used.
  running.catch(() => {});
  try {
    const helm = await ahead.verified();
    if (helm.path === ahead.candidatePath) return { helm, result: await running };
    await discardRun(running, unwanted);
    return { helm, result: await run(helm, signal) };
  } catch (thrown) {
    await discardRun(running, unwanted);
    throw thrown;
  }
}

/** Waits for its end, because it writes into a folder that is taken away next. */
async function discardRun(running: Promise<unknown>, unwanted: AbortController): Promise<void> {
  unwanted.abort();
  await running.catch(() => {});
}
