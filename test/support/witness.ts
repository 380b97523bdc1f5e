/** A program that writes down what it is started with, and then is the real one. */
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Witness {
  /** Stands first on the PATH. */
  readonly folder: string;
  /** Arguments and environments of all starts so far. */
  seen(): Promise<string>;
}

export async function witnessOf(program: string, name: string, folder: string): Promise<Witness> {
  const book = join(folder, 'seen.txt');
  const bin = join(folder, 'bin');
  await mkdir(bin, { recursive: true });
  await writeFile(book, '');
  const path = join(bin, name);
  await writeFile(path, `#!/bin/sh\n{ echo "$@"; env; } >> '${book}'\nexec '${program}' "$@"\n`);
  await chmod(path, 0o755);
  return { folder: bin, seen: () => readFile(book, 'utf8') };
}
