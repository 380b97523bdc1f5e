import { homedir, tmpdir } from 'node:os';
import type { DrawingSize } from './draw-progress.ts';

/** What a host has around it. Taken from the process in one place, so that a host can be put into another one. */
export interface ProcessEnvironment {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Without the program and the script. */
  readonly arguments: readonly string[];
  readonly cwd: string;
  readonly home: string;
  readonly systemTemporary: string;
  readonly platform: NodeJS.Platform;
  /** Whether a person reads the stream in a terminal. */
  readonly isTTY: { readonly out: boolean; readonly error: boolean };
  /** Columns of the terminal that standard output goes to, if it does. */
  readonly width: number | undefined;
  /** Of the terminal that standard error goes to, as it is now. */
  errorSize(): DrawingSize;
  writeOut(text: string): void;
  writeError(text: string): void;
  setExitCode(code: number): void;
  /** Calls back once when the process ends; the work must not be asynchronous. */
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
