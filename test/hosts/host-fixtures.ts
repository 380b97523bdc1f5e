/** Plays a scene in a real process with a host in it: a few lines of JavaScript over `host`, and what came of it. */

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inject } from 'vitest';
import { type ProgramRun, runProgram } from '../support/program.ts';
import { root } from '../support/root.ts';

const openers = {
  github: ['github-host.ts', 'createGithubHost'],
  azure: ['azure-host.ts', 'createAzureHost'],
} as const;

export interface Scene {
  readonly host: keyof typeof openers;
  /** Sees `host` and `signal`; may throw. */
  readonly play: string;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

export async function playScene({ host, play, env, cwd }: Scene): Promise<ProgramRun> {
  const [file, opener] = openers[host];
  const script = `
    import { runToCompletion } from '${sourceUrl('hosts/run-process.ts')}';
    import { ${opener} } from '${sourceUrl(`hosts/${file}`)}';
    import { currentProcessEnvironment } from '${sourceUrl('hosts/process-environment.ts')}';
    import { ChartImagesError } from '${sourceUrl('core/errors.ts')}';
    const environment = currentProcessEnvironment();
    await runToCompletion(environment, () => ${opener}(environment), async (host, signal) => { ${play} });
  `;
  return await runProgram(process.execPath, ['--input-type=module', '--eval', script], {
    cwd,
    // Compiling the sources takes longer than a scene does.
    env: {
      NODE_COMPILE_CACHE: join(inject('runFolder'), 'compiled'),
      ...Object.fromEntries(inherited.flatMap((name) => pick(name))),
      ...env,
    },
  });
}

export function sourceUrl(file: string): string {
  return pathToFileURL(join(root, 'src', file)).href;
}

/** The machine that runs the tests may be a runner itself: only what programs need to start. */
const inherited = ['PATH', 'HOME', 'SYSTEMROOT', 'TEMP', 'TMP', 'USERPROFILE', 'LOCALAPPDATA'];

function pick(name: string): readonly (readonly [string, string])[] {
  const value = process.env[name];
  return value === undefined ? [] : [[name, value]];
}
