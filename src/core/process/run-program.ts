import { type ChildProcess, spawn } from 'node:child_process';
import { basename } from 'node:path';
import { ChartImagesError, cancelledError } from '../errors.ts';
import { formatBytes } from '../format-bytes.ts';
import { endTreeAtOnce, killOnExit, killProcessTree } from './kill-process-tree.ts';
import { watchMemory } from './watch-memory.ts';

export interface ProgramOptions {
  /** How messages name the program, where another one starts it. */
  readonly name?: string;
  readonly arguments: readonly string[];
  /** Exactly the variables that the program sees. */
  readonly environment: Readonly<Record<string, string>>;
  /** Working folder; else that of this process. */
  readonly folder?: string;
  /** Written to the program's standard input, which is empty otherwise. */
  readonly input?: string;
  readonly timeoutMilliseconds: number;
  /** Bound of standard output and standard error together. */
  readonly maximumOutputBytes: number;
  /** Bound of the memory that the program and its children hold. Watched on Linux only. */
  readonly maximumMemoryBytes?: number;
  readonly signal: AbortSignal;
}

export interface ProgramResult {
  readonly exitCode: number;
  /** Decoded as UTF-8; what is not UTF-8 becomes U+FFFD. */
  readonly stdout: string;
  readonly stderr: string;
  readonly milliseconds: number;
}

/**
 * Runs a program to its end, never through a shell. An exit code other than 0 is a result, not an error.
 * Errors: `process-failed` (not started, or killed by another), `process-timeout`, `process-output`, `process-memory`,
 * `cancelled`; in the last four the program and all its children are gone within a second.
 *
 * Not by @actions/exec: it hands out no child, so nothing it runs can be stopped, bounded or timed.
 */
export async function runProgram(program: string, options: ProgramOptions): Promise<ProgramResult> {
  if (options.signal.aborted) throw cancelledError();
  const name = options.name ?? basename(program);
  const started = performance.now();
  const child = spawn(program, options.arguments, {
    cwd: options.folder,
    env: { ...options.environment },
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
    // A group of its own, so that one signal reaches its children too.
    detached: process.platform !== 'win32',
  });
  killOnExit(child);
  const { stdin, stdout, stderr } = child;
  // A program that does not read its input closes the pipe; its exit code says why.
  stdin.on('error', () => {});
  stdin.end(options.input ?? '');
  const output = new OutputCollector(options.maximumOutputBytes);
  stdout.on('data', (chunk: Buffer) => output.add('stdout', chunk));
  stderr.on('data', (chunk: Buffer) => output.add('stderr', chunk));

  const stop = firstStopReason(name, child, options, output);
  const ended = waitForExit(child, name);
  // A program that grows is not asked first: it would go on growing meanwhile.
  stop.reached.then(({ code }) => (code === 'process-memory' ? endTreeAtOnce(child) : killProcessTree(child)));
  try {
    const exitCode = await ended;
    const issue = stop.fault();
    if (issue !== undefined) throw issue;
    const milliseconds = Math.round(performance.now() - started);
    return { exitCode, stdout: output.text('stdout'), stderr: output.text('stderr'), milliseconds };
  } catch (error) {
    throw stop.fault() ?? error;
  } finally {
    stop.forget();
  }
}

/** Resolves with the exit code when the program has ended and its pipes are closed. */
function waitForExit(child: ChildProcess, name: string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => reject(failed(`${name} could not be started: ${cause.message}`, cause)));
    child.once('close', (exitCode, signal) => {
      if (exitCode === null) reject(failed(`${name} was ended by ${signal ?? 'an unknown signal'}.`, undefined));
      else resolve(exitCode);
    });
  });
}

interface StopReason {
  /** Resolves when the program has to be stopped. */
  readonly reached: Promise<ChartImagesError>;
  fault(): ChartImagesError | undefined;
  forget(): void;
}

/** The first of: cancelled, too long, too much output, too much memory. */
function firstStopReason(
  name: string,
  { pid }: ChildProcess,
  options: ProgramOptions,
  output: OutputCollector,
): StopReason {
  const { maximumMemoryBytes } = options;
  let issue: ChartImagesError | undefined;
  let timer: NodeJS.Timeout | undefined;
  let onAbort = () => {};
  let endWatch = () => {};
  const reached = new Promise<ChartImagesError>((resolve) => {
    const because = (reason: ChartImagesError) => {
      issue ??= reason;
      resolve(issue);
    };
    onAbort = () => because(cancelledError());
    options.signal.addEventListener('abort', onAbort, { once: true });
    timer = setTimeout(() => because(tooLong(name, options.timeoutMilliseconds)), options.timeoutMilliseconds);
    output.onExcess = () => because(tooMuch(name, options.maximumOutputBytes));
    if (pid !== undefined && maximumMemoryBytes !== undefined)
      endWatch = watchMemory(pid, maximumMemoryBytes, () => because(tooLarge(name, maximumMemoryBytes)));
  });
  const forget = () => {
    endWatch();
    clearTimeout(timer);
    options.signal.removeEventListener('abort', onAbort);
  };
  return { reached, fault: () => issue, forget };
}

class OutputCollector {
  onExcess = () => {};
  readonly #maximumBytes: number;
  readonly #chunks: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] };
  #bytes = 0;

  constructor(maximumBytes: number) {
    this.#maximumBytes = maximumBytes;
  }

  add(stream: 'stdout' | 'stderr', chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#maximumBytes) this.onExcess();
    else this.#chunks[stream].push(chunk);
  }

  text(stream: 'stdout' | 'stderr'): string {
    return Buffer.concat(this.#chunks[stream]).toString('utf8');
  }
}

function failed(message: string, cause: unknown): ChartImagesError {
  return new ChartImagesError('process-failed', message, {
    advice: 'Check that the program is installed, may be run by this user, and has enough memory.',
    cause,
  });
}

function tooLong(name: string, milliseconds: number): ChartImagesError {
  return new ChartImagesError('process-timeout', `${name} did not end within ${milliseconds / 1000} seconds.`, {
    advice: 'Run it by hand to see what it waits for.',
  });
}

function tooMuch(name: string, bytes: number): ChartImagesError {
  return new ChartImagesError('process-output', `${name} printed more than ${bytes} bytes.`, {
    advice: 'Run it by hand to see what it prints.',
  });
}

function tooLarge(name: string, bytes: number): ChartImagesError {
  return new ChartImagesError('process-memory', `${name} used more than ${formatBytes(bytes)} of memory.`, {
    advice: 'Run it by hand to see how much memory it uses.',
  });
}
