/** Runs a real program to its end and tells what it printed; nothing of its outcome is judged here. */
import { spawn } from 'node:child_process';

export interface ProgramRun {
  /** Undefined when a signal ended it. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** Both streams as they came. */
  readonly output: string;
}

export interface ProgramOptions {
  /** The whole environment; without it the test's own. */
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

/** A program that hangs must not outlive its test, whose own limit is shorter than this. */
const longestRun = 110_000;

export async function runProgram(
  program: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<ProgramRun> {
  return await new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: options.env ?? process.env,
      cwd: options.cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: longestRun,
      killSignal: 'SIGKILL',
    });
    const printed = { stdout: '', stderr: '', output: '' };
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        printed[stream] += text;
        printed.output += text;
      });
    }
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? undefined, ...printed }));
  });
}

/** Runs a program that must succeed, and gives its standard output without the last line end. */
export async function outputOf(program: string, args: readonly string[], options: ProgramOptions = {}) {
  const run = await runProgram(program, args, options);
  if (run.code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${run.code}:\n${run.output}`);
  return run.stdout.trimEnd();
}
