import { existsSync } from 'node:fs';
import { type FileHandle, open, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/** The first descriptor of a child behind its standard input, output and error. */
const firstDescriptor = 3;

/** Files for one child process, with secrets that it takes from nothing but files. */
export interface HandedFiles {
  /** In the order of the contents, as the child opens them. */
  readonly paths: readonly string[];
  /** What the child has to be given behind its standard streams; empty where the paths are names of files. */
  readonly descriptors: readonly number[];
  /** Takes the contents away; to be called when the child has ended. */
  close(): Promise<void>;
}

/**
 * On Linux the files have no name any more when a secret is written into them: nobody finds them in a folder, and they are gone
 * with the child, however it and this process end. macOS opens `/dev/fd/3` where the last reader stopped (helm reads some files
 * twice), and Windows removes no file that is open: there they are files that only this user can read, in a folder of this run,
 * for as long as the child runs.
 */
export async function handFiles(folder: string, contents: readonly string[]): Promise<HandedFiles> {
  const isNameless = process.platform === 'linux' && existsSync('/proc/self/fd');
  const paths = contents.map((_, index) => join(folder, `handed-${index}`));
  const handles: FileHandle[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(handles.map((handle) => handle.close()));
    if (!isNameless) await Promise.all(paths.map((path) => rm(path, { force: true })));
  };
  try {
    for (const [index, path] of paths.entries()) {
      const handle = await open(path, 'wx+', 0o600);
      handles.push(handle);
      if (isNameless) await unlink(path);
      await handle.write(contents[index] ?? '', 0);
    }
  } catch (error) {
    await close();
    throw error;
  }
  if (!isNameless) return { paths, descriptors: [], close };
  return {
    paths: paths.map((_, index) => `/proc/self/fd/${firstDescriptor + index}`),
    descriptors: handles.map(({ fd }) => fd),
    close,
  };
}
