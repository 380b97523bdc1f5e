/** Surroundings of paper: what a host wrote, and what it left for the end. */
import type { ProcessEnvironment } from '../../src/hosts/process-environment.ts';

export interface PaperSurroundings extends ProcessEnvironment {
  readonly written: { out: string; error: string; exitCode: number | undefined };
  /** Ends the process that these processEnvironment pretend to be. */
  end(): void;
}

export function paperSurroundings(
  given: Partial<ProcessEnvironment> & { readonly systemTemporary: string },
): PaperSurroundings {
  const written: PaperSurroundings['written'] = { out: '', error: '', exitCode: undefined };
  const endings: (() => void)[] = [];
  return {
    env: {},
    arguments: [],
    cwd: given.systemTemporary,
    home: given.systemTemporary,
    platform: 'linux',
    isTTY: { out: false, error: false },
    width: undefined,
    errorSize: () => ({ columns: 80, rows: 24 }),
    writeOut: (text) => {
      written.out += text;
    },
    writeError: (text) => {
      written.error += text;
    },
    setExitCode: (code) => {
      written.exitCode = code;
    },
    atExit: (work) => {
      endings.push(work);
    },
    written,
    end: () => {
      for (const ending of endings) ending();
    },
    ...given,
  };
}
