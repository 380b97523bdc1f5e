/** Git as in the container of a job, where the checkout belongs to the user of the runner. */
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findExecutable } from '../../src/core/process/find-executable.ts';
import { testFolder } from './folder.ts';

/** A folder for the PATH with a git that finds another owner at every checkout; real git but for that. */
export async function gitOfAnotherUser(): Promise<string> {
  const folder = await testFolder();
  const git = await findExecutable('git', process.env);
  await writeFile(join(folder, 'git'), `#!/bin/sh\nGIT_TEST_ASSUME_DIFFERENT_OWNER=1 exec '${git}' "$@"\n`);
  await chmod(join(folder, 'git'), 0o755);
  return folder;
}
