/** A GitHub runner around this process: the real host, with everything that it writes read back. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createGithubHost } from '../../src/hosts/github-host.ts';
import type { Host } from '../../src/hosts/host.ts';
import type { ProcessEnvironment } from '../../src/hosts/process-environment.ts';
import { ObeyedCommand, strangeCommands } from './runner-commands.ts';

export interface Runner {
  /** Does the work with a host, and gives what came out: standard output, outputs, summary and report. */
  around(work: (host: Host) => Promise<void>): Promise<readonly string[]>;
}

export async function openRunner(folder: string): Promise<Runner> {
  const files = { GITHUB_OUTPUT: join(folder, 'output'), GITHUB_STEP_SUMMARY: join(folder, 'summary.md') };
  const temporary = join(folder, 'runner');
  mkdirSync(temporary, { recursive: true });
  // @actions/core looks for it there.
  Object.assign(process.env, files);
  return {
    async around(work) {
      for (const file of Object.values(files)) writeFileSync(file, '');
      const { output, thrown } = await captured(async () => {
        const endings: (() => void)[] = [];
        const host = await createGithubHost(
          processEnvironment(folder, { ...files, RUNNER_TEMP: temporary, RUNNER_DEBUG: '1' }, endings),
        );
        try {
          await work(host);
        } finally {
          for (const end of endings) end();
        }
      });
      const written = [
        ...Object.values(files).map(read),
        ...readdirSync(temporary, { recursive: true }).map((name) => read(join(temporary, String(name)))),
      ];
      rmSync(temporary, { recursive: true });
      mkdirSync(temporary);
      if (thrown !== undefined) throw thrown;
      const strange = strangeCommands(output);
      if (strange.length > 0) throw new ObeyedCommand(strange);
      // The commands that hide a secret hold it by design.
      return [output.replaceAll(/^::add-mask::.*$/gm, ''), ...written];
    },
  };
}

export function processEnvironment(
  folder: string,
  env: ProcessEnvironment['env'],
  endings: (() => void)[],
  args: readonly string[] = [],
): ProcessEnvironment {
  return {
    env,
    arguments: args,
    cwd: folder,
    home: folder,
    systemTemporary: join(folder, 'tmp'),
    platform: 'linux',
    isTTY: { out: false, error: false },
    width: undefined,
    errorSize: () => ({ columns: 80, rows: 24 }),
    writeOut: (text) => process.stdout.write(text),
    writeError: (text) => process.stderr.write(text),
    setExitCode: () => {},
    atExit: (work) => {
      endings.push(work);
    },
  };
}

/** What the work writes to standard output and error. */
export async function captured(
  work: () => Promise<void>,
): Promise<{ readonly output: string; readonly thrown: unknown }> {
  const pieces: string[] = [];
  const streams = [process.stdout, process.stderr];
  const writes = streams.map((stream) => stream.write);
  let thrown: unknown;
  for (const stream of streams) {
    stream.write = (piece: string | Uint8Array) => {
      pieces.push(typeof piece === 'string' ? piece : Buffer.from(piece).toString());
      return true;
    };
  }
  try {
    await work();
  } catch (error) {
    thrown = error;
  } finally {
    for (const [index, stream] of streams.entries()) stream.write = writes[index] ?? stream.write;
  }
  return { output: pieces.join(''), thrown };
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // A folder.
    return '';
  }
}
