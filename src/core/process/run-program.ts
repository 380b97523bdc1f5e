import { type ChildProcess, spawn } from 'node:child_process';
import { basename } from 'node:path';
import { ChartImagesError, cancelledError } from '../errors.ts';
import { formatBytes } from '../format-bytes.ts';
import { killOnExit, killProcessTree, killProcessTreeNow } from './kill-process-tree.ts';
import { watchMemory } from './watch-memory.ts';

export interface ProgramOptions {
  /** How messages name the program. Default: its file name. */
  readonly name?: string;
  readonly arguments: readonly string[];
  /** All variables of the program. */
  readonly environment: Readonly<Record<string, string>>;
  /** Working folder. Default: that of this process. */
  readonly folder?: string;
  /** Windows only: `verbatim` for a shell, which has its own rules for quotation marks. */
  readonly quoting?: 'verbatim';
  /** Standard input. Default: empty. */
  readonly input?: string;
  readonly timeoutMilliseconds: number;
  /** Of standard output and standard error together. */
  readonly maximumOutputBytes: number;
  /** Of the program and its children. Only enforced on Linux. */
  readonly maximumMemoryBytes?: number;
  readonly signal: AbortSignal;
}

export interface ProgramResult {
  readonly exitCode: number;
  /** Decoded as UTF-8. Invalid bytes become U+FFFD. */
  readonly stdout: string;
  readonly stderr: string;
  readonly milliseconds: number;
}

/**
 * Runs a program without a shell. Returns any exit code. Throws `process-failed`, `process-timeout`, `process-output`,
 * `process-memory` or `cancelled`, and ends the program with its children within a second. Not based on @actions/exec,
 * which doesn't expose the child process, so it could not be stopped.
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
    windowsVerbatimArguments: options.quoting === 'verbatim',
    // In its own process group, so that one signal reaches its children too.
    detached: process.platform !== 'win32',
  });
  killOnExit(child);
  const { stdin, stdout, stderr } = child;
  // A program that doesn't read its input closes the pipe. Its exit code is the result.
  stdin.on('error', () => {});
  stdin.end(options.input ?? '');
  const output = new OutputCollector(options.maximumOutputBytes);
  stdout.on('data', (chunk: Buffer) => output.add('stdout', chunk));
  stderr.on('data', (chunk: Buffer) => output.add('stderr', chunk));

  const stop = firstStopReason(name, child, options, output);
  const ended = waitForExit(child, name);
  // Without a grace period for memory: the program would continue to allocate.
  stop.reached.then(({ code }) => (code === 'process-memory' ? killProcessTreeNow(child) : killProcessTree(child)));
  try {
    const exitCode = await ended;
    const reason = stop.error();
    if (reason !== undefined) throw reason;
    const milliseconds = Math.round(performance.now() - started);
    return { exitCode, stdout: output.text('stdout'), stderr: output.text('stderr'), milliseconds };
  } catch (error) {
    throw stop.error() ?? error;
  } finally {
    stop.dispose();
  }
}

/** Resolves with the exit code when the program has ended and its pipes are closed. */
function waitForExit(child: ChildProcess, name: string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => reject(failed(`Cannot start ${name}: ${cause.message}.`, cause)));
    child.once('close', (exitCode, signal) => {
      if (exitCode === null) reject(failed(`${name} was terminated by ${signal ?? 'an unknown signal'}.`, undefined));
      else resolve(exitCode);
    });
  });
}

interface StopReason {
  /** Resolves when the program must be stopped. */
  readonly reached: Promise<ChartImagesError>;
  error(): ChartImagesError | undefined;
  dispose(): void;
}

/** The first of: canceled, timed out, too much output, too much memory. */
function firstStopReason(
  name: string,
  { pid }: ChildProcess,
  options: ProgramOptions,
  output: OutputCollector,
): StopReason {
  const { maximumMemoryBytes } = options;
  let first: ChartImagesError | undefined;
  let timer: NodeJS.Timeout | undefined;
  let onAbort = () => {};
  let endWatch = () => {};
  const reached = new Promise<ChartImagesError>((resolve) => {
    const stopWith = (reason: ChartImagesError) => {
      first ??= reason;
      resolve(first);
    };
    onAbort = () => stopWith(cancelledError());
    options.signal.addEventListener('abort', onAbort, { once: true });
    timer = setTimeout(() => stopWith(timeoutError(name, options.timeoutMilliseconds)), options.timeoutMilliseconds);
    output.onExcess = () => stopWith(outputError(name, options.maximumOutputBytes));
    if (pid !== undefined && maximumMemoryBytes !== undefined)
      endWatch = watchMemory(pid, maximumMemoryBytes, () => stopWith(memoryError(name, maximumMemoryBytes)));
  });
  const dispose = () => {
    endWatch();
    clearTimeout(timer);
    options.signal.removeEventListener('abort', onAbort);
  };
  return { reached, error: () => first, dispose };
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
    advice: 'Check that the program is installed, is executable for this user, and has enough memory.',
    cause,
  });
}

function timeoutError(name: string, milliseconds: number): ChartImagesError {
  return new ChartImagesError('process-timeout', `${name} did not exit within ${milliseconds / 1000} seconds.`, {
    advice: 'Run it in a terminal to find out why it takes so long.',
  });
}

function outputError(name: string, bytes: number): ChartImagesError {
  return new ChartImagesError('process-output', `${name} printed more than ${bytes} bytes.`, {
    advice: 'Run it in a terminal to check its output.',
  });
}

function memoryError(name: string, bytes: number): ChartImagesError {
  return new ChartImagesError('process-memory', `${name} used more than ${formatBytes(bytes)} of memory.`, {
    advice: 'Run it in a terminal to check its memory usage.',
  });
}
