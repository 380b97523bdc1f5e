/**
 * Stands before the programs that a run may start, and writes down what each is started with: arguments, environment,
 * and the files that lie in the watched folders at this moment. Then it is the real program.
 */
import { constants } from 'node:fs';
import { access, chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

const names = /^(helm|az|git|docker-credential-.+)$/;

export interface RecordingPrograms {
  /** Stands first on the PATH. */
  readonly folder: string;
  /** By what it is and of which start, without those that the test itself started: `helm 123: arguments`. */
  seen(): Promise<readonly (readonly [string, string])[]>;
}

/** `path` are folders in the order of a PATH. */
export async function recordPrograms(
  path: readonly string[],
  watched: readonly string[],
  folder: string,
): Promise<RecordingPrograms> {
  const [bin, book] = [join(folder, 'bin'), join(folder, 'book')];
  await mkdir(bin, { recursive: true });
  await mkdir(book, { recursive: true });
  for (const [name, program] of await programsOn(path)) {
    const file = join(bin, name);
    await writeFile(file, recorder(name, program, watched, book));
    await chmod(file, 0o755);
  }
  return {
    folder: bin,
    seen: async () => {
      const files = (await readdir(book)).filter((name) => name !== marker && !name.includes(`.by-${process.pid}.`));
      return await Promise.all(
        files.map(
          async (name) =>
            [name.replace(/\.(\d+)\.by-\d+\./, ' $1: '), await readFile(join(book, name), 'latin1')] as const,
        ),
      );
    },
  };
}

const marker = 'marker';

async function programsOn(path: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const folder of path.flatMap((entry) => entry.split(delimiter)).filter((entry) => entry !== '')) {
    for (const name of await readdir(folder).catch(() => [])) {
      const program = join(folder, name);
      if (names.test(name) && !found.has(name) && (await isProgram(program))) found.set(name, program);
    }
  }
  return found;
}

async function isProgram(path: string): Promise<boolean> {
  return await access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** The bundle, which hosts copy; and what the test itself writes a run's inputs into, as users do. */
const unlikely = ['dist', '.git', '.github/workflows'].map((folder) => `! -path '*/${folder}/*'`).join(' ');

/** Files of more than half a mebibyte are charts, bundles and layers, which the run was given or fetched. */
function recorder(name: string, program: string, watched: readonly string[], book: string): string {
  const to = (what: string) => `'${join(book, name)}.'$$'.by-'$PPID'.${what}'`;
  const folders = watched.map((each) => `'${each}'`).join(' ');
  return `#!/bin/sh
printf '%s\\n' "$@" > ${to('arguments')}
env > ${to('environment')}
find ${folders} -type f -newer '${join(book, marker)}' -size -1024 ${unlikely} 2>/dev/null | while IFS= read -r file; do
  printf '\\n== %s\\n' "$file"; cat "$file" 2>/dev/null
done > ${to('files')}
exec '${program}' "$@"
`;
}

/** Files that are older than this call are the user's own. */
export async function startRecording(folder: string): Promise<void> {
  await writeFile(join(folder, 'book', marker), '');
}
