import { cancelledError, errorCodes, notWritable, toErrors } from '../core/errors.ts';
import { annotationOfError } from '../report/model/annotations.ts';
import { exitCodeOf } from '../report/model/exit-code.ts';
import { escapeWorkflowCommands } from './escape-workflow-commands.ts';
import { formatAnnotation } from './format-annotation.ts';
import type { Host } from './host.ts';
import type { ProcessEnvironment } from './process-environment.ts';

/** Milliseconds. A run must end within a second after a signal; unfinished work is abandoned. */
const shutdownTimeout = 700;

/** SIGBREAK is Ctrl+Break of Windows, which runners send before they end a step. Other systems never send it. */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'] as const;

/**
 * Creates the host and runs the work. A signal aborts it and ends the run as `cancelled` within a second, a second
 * signal at once. Every error is reported by the host, because Node would print it unmasked and unescaped.
 */
export async function runToCompletion(
  processEnvironment: ProcessEnvironment,
  open: () => Promise<Host>,
  work: (host: Host, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const cancel = new AbortController();
  let host: Host | undefined;
  let over = false;
  let unread: Error | undefined;
  const fail = (thrown: unknown) => {
    over = true;
    reportErrors(processEnvironment, host, cancel.signal.aborted ? cancel.signal.reason : thrown);
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
  // A closed pipe (`chart-images | head`) must not end a copy, but lost output is an error.
  process.stderr.on('error', () => {});
  process.stdout.on('error', (cause) => {
    if (unread === undefined) processEnvironment.writeError(`${notWritable('to standard output', cause).message}\n`);
    unread = cause;
  });
  process.once('exit', () => {
    if (unread !== undefined && !process.exitCode) processEnvironment.setExitCode(errorCodes['not-writable'].exit);
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

/** Writes an annotation for each error and ends the run; without a host, to standard error. */
function reportErrors(processEnvironment: ProcessEnvironment, host: Host | undefined, thrown: unknown): void {
  const errors = toErrors(thrown);
  const exit = exitCodeOf({ errors, findings: [] });
  const issues = errors.filter((error) => error.code !== 'cancelled').map(annotationOfError);
  if (host === undefined) {
    for (const line of issues.flatMap(formatAnnotation).flatMap(escapeWorkflowCommands))
      processEnvironment.writeError(`${line}\n`);
    processEnvironment.setExitCode(exit);
    return;
  }
  for (const issue of issues) host.annotate(issue);
  host.finish(exit, exitReasons[exit === 130 ? 'cancelled' : exit === 2 ? 'input' : 'undone']);
}
