import type { ProgramResult } from '../process/run-program.ts';
import type { Helm, HelmAhead } from './helm.ts';

export interface HelmRun {
  readonly helm: Helm;
  readonly result: ProgramResult;
}

/** One run of a helm. Errors: those of `runProgram`. */
export type RunOf = (helm: Pick<Helm, 'path'>, signal: AbortSignal) => Promise<ProgramResult>;

export type Runner = (run: RunOf, signal: AbortSignal) => Promise<HelmRun>;

/** Runs of one round: ahead with the helm that is likely to be used until it is known which one is. */
export function createRunner(helm: Helm | HelmAhead): Runner {
  let known = helm;
  return async (run, signal) => {
    if ('version' in known) return { helm: known, result: await run(known, signal) };
    const made = await runAhead(known, run, signal);
    known = made.helm;
    return made;
  };
}

/**
 * Runs the helm that is likely to be used, beside its telling whether it can be: each of the two takes as long as the other. Where
 * another one is used, that one runs again and what the first came to is dropped.
 */
async function runAhead(ahead: HelmAhead, run: RunOf, signal: AbortSignal): Promise<HelmRun> {
  const unwanted = new AbortController();
  const running = run({ path: ahead.likely }, AbortSignal.any([signal, unwanted.signal]));
  // Told once the helm is known to be used.
  running.catch(() => {});
  try {
    const helm = await ahead.settled();
    if (helm.path === ahead.likely) return { helm, result: await running };
    await drop(running, unwanted);
    return { helm, result: await run(helm, signal) };
  } catch (thrown) {
    await drop(running, unwanted);
    throw thrown;
  }
}

/** Waits for its end, because it writes into a folder that is taken away next. */
async function drop(running: Promise<unknown>, unwanted: AbortController): Promise<void> {
  unwanted.abort();
  await running.catch(() => {});
}
