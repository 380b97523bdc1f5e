import { cancelledError, errorCodes, notWritable, toErrors } from '../core/errors.ts';
import { annotationOfError } from '../report/model/annotations.ts';
import { exitCodeOf } from '../report/model/exit-code.ts';
import { escapeWorkflowCommands } from './escape-workflow-commands.ts';
import { annotationLines } from './format-annotation.ts';
import type { Host } from './host.ts';
import type { ProcessEnvironment } from './process-environment.ts';

/** The promise is a second from the signal to the end; what has not let go by then is left behind. */
const shutdownTimeout = 700;

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Opens the host, does the work, and sees to it that the process ends as it must: a signal aborts the work and ends the run as
 * `cancelled` within a second (a second signal at once), and whatever is thrown, wherever, is reported on the host and never
 * printed by Node itself, whose words go to the runner unmasked and as they are.
 */
export async function runToCompletion(
  surroundings: ProcessEnvironment,
  open: () => Promise<Host>,
  work: (host: Host, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const cancel = new AbortController();
  let host: Host | undefined;
  let over = false;
  let unread: Error | undefined;
  const fail = (thrown: unknown) => {
    over = true;
    reportErrors(surroundings, host, cancel.signal.aborted ? cancel.signal.reason : thrown);
  };

  for (const signal of signals) {
    process.on(signal, () => {
      if (cancel.signal.aborted) process.exit(errorCodes.cancelled.exit);
      cancel.abort(cancelledError());
      setTimeout(() => {
        if (!over) fail(cancel.signal.reason);
        process.exit();
      }, shutdownTimeout).unref();
    });
  }
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (thrown: unknown) => {
      fail(thrown);
      process.exit();
    });
  }
  process.once('exit', () => {
    if (!over) fail(new Error('the process exited before the run was complete'));
  });
  // A reader that has enough (`chart-images | head`) must not end a copy, but what was lost is no success.
  process.stderr.on('error', () => {});
  process.stdout.on('error', (cause) => {
    if (unread === undefined) surroundings.writeError(`${notWritable('to standard output', cause).message}\n`);
    unread = cause;
  });
  process.once('exit', () => {
    if (unread !== undefined && !process.exitCode) surroundings.setExitCode(errorCodes['not-writable'].exit);
  });

  try {
    host = await open();
    await work(host, cancel.signal);
    over = true;
  } catch (thrown) {
    fail(thrown);
  }
}

const exitReasons = {
  cancelled: 'The run was interrupted.',
  input: 'The input is invalid.',
  undone: 'The run did not complete.',
} as const;

/** One annotation for each fault, and the end of the run. Without a host yet: the same on standard error. */
function reportErrors(surroundings: ProcessEnvironment, host: Host | undefined, thrown: unknown): void {
  const errors = toErrors(thrown);
  const exit = exitCodeOf({ errors, findings: [] });
  const issues = errors.filter((error) => error.code !== 'cancelled').map(annotationOfError);
  if (host === undefined) {
    for (const line of issues.flatMap(annotationLines).flatMap(escapeWorkflowCommands))
      surroundings.writeError(`${line}\n`);
    surroundings.setExitCode(exit);
    return;
  }
  for (const issue of issues) host.annotate(issue);
  host.finish(exit, exitReasons[exit === 130 ? 'cancelled' : exit === 2 ? 'input' : 'undone']);
}
