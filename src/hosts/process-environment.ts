import { homedir, tmpdir } from 'node:os';
import type { DrawingSize } from './draw-progress.ts';

/** The process that a host runs in; tests replace it. */
export interface ProcessEnvironment {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Without the executable and the script. */
  readonly arguments: readonly string[];
  readonly cwd: string;
  readonly home: string;
  readonly systemTemporary: string;
  readonly platform: NodeJS.Platform;
  /** Whether the stream is a terminal. */
  readonly isTTY: { readonly out: boolean; readonly error: boolean };
  /** Columns of standard output; undefined if it is not a terminal. */
  readonly width: number | undefined;
  /** Current size of the terminal of standard error. */
  errorSize(): DrawingSize;
  writeOut(text: string): void;
  writeError(text: string): void;
  setExitCode(code: number): void;
  /** Runs synchronous work once when the process ends. */
  atExit(work: () => void): void;
}

export function currentProcessEnvironment(): ProcessEnvironment {
  return {
    env: process.env,
    arguments: process.argv.slice(2),
    cwd: process.cwd(),
    home: homedir(),
    systemTemporary: tmpdir(),
    platform: process.platform,
    isTTY: { out: process.stdout.isTTY === true, error: process.stderr.isTTY === true },
    width: process.stdout.columns,
    errorSize: () => ({ columns: process.stderr.columns || 80, rows: process.stderr.rows || 24 }),
    writeOut: (text) => process.stdout.write(text),
    writeError: (text) => process.stderr.write(text),
    setExitCode: (code) => {
      process.exitCode = code;
    },
    atExit: (work) => {
      process.once('exit', work);
    },
  };
}
