import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';

/**
 * Absolute path of the first program with this name on PATH. Undefined if there is none. Ignores relative entries of
 * PATH, with which a folder of the checkout could replace an installed program.
 */
export async function findExecutable(
  name: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  const windows = process.platform === 'win32';
  const searchPath = environment['PATH'] ?? (windows ? environment['Path'] : undefined) ?? '';
  // Only .exe on Windows: scripts (.cmd, .bat) cannot be started without a shell.
  const file = windows && !name.toLowerCase().endsWith('.exe') ? `${name}.exe` : name;
  for (const folder of searchPath.split(delimiter)) {
    const path = join(folder.replace(/^"(.*)"$/, '$1'), file);
    if (isAbsolute(path) && (await isProgram(path))) return path;
  }
  return undefined;
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
