import { access } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** How `runProgram` starts a batch file. */
export interface BatchCommand {
  readonly program: string;
  readonly arguments: readonly string[];
}

/** Windows only: the first batch file of this name on PATH. Undefined if there is none. */
export async function findBatchFile(
  name: string,
  environment: Environment,
  platform: NodeJS.Platform = process.platform,
): Promise<string | undefined> {
  if (platform !== 'win32') return undefined;
  for (const folder of (environment['PATH'] ?? environment['Path'] ?? '').split(delimiter)) {
    for (const extension of ['cmd', 'bat']) {
      const path = join(folder.replace(/^"(.*)"$/, '$1'), `${name}.${extension}`);
      if (isAbsolute(path) && (await isThere(path))) return path;
    }
  }
  return undefined;
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/**
 * Windows starts a batch file only by its shell, which reads the whole command again: only `words` that mean nothing to
 * it are passed. Undefined for a path that it would not read as it is.
 */
export function batchCommand(
  path: string,
  words: readonly string[],
  environment: Environment,
): BatchCommand | undefined {
  if (/[%"]/.test(path) || !words.every((word) => /^[\w-]+$/.test(word))) return undefined;
  const program = join(environment['SystemRoot'] ?? 'C:\\Windows', 'System32', 'cmd.exe');
  // No AutoRun commands, no delayed expansion; /s takes the outer quotation marks away and nothing else.
  return { program, arguments: ['/d', '/v:off', '/s', '/c', `"${[`"${path}"`, ...words].join(' ')}"`] };
}
