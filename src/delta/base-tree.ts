import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createTemporaryFolder } from '../files/temporary-folder.ts';
import { findBaseCommit } from './base-commit.ts';
import type { BaseName } from './base-name.ts';
import { complaintOf, type GitAccess, gitFault, openGit } from './git.ts';

/** The files of the base, apart from the checkout. */
export interface BaseTree {
  /** Absolute: the top of the checkout, by the path that leads to the folder of the run. */
  readonly checkout: string;
  /** Absolute: the top of the base's files. */
  readonly files: string;
  /** Absolute: what the folder of the run is among them. */
  readonly workFolder: string;
  remove(): Promise<void>;
}

/**
 * Puts the files of the base commit into a temporary folder. The checkout is only read: an index of its own takes the place of
 * a worktree, which would leave its mark in the repository and start hooks, and of an archive, which leaves out what
 * `.gitattributes` says (export-ignore). Throws `process-failed` and `cancelled`.
 */
export async function openBaseTree(base: BaseName, temporary: string, access: GitAccess): Promise<BaseTree> {
  const git = await openGit(access);
  if (git === undefined) throw gitFault('There is no git to read the base with.', 'Install git on the runner.');
  const where = await git(['rev-parse', '--is-inside-work-tree', '--show-cdup', '--show-prefix']);
  if (where.exitCode !== 0 || !where.stdout.startsWith('true')) {
    const advice = 'Run in a git checkout, with actions/checkout before it.';
    throw gitFault(`The base can not be read: ${complaintOf(where)}.`, advice);
  }
  const [, up = '', prefix = ''] = where.stdout.split('\n');
  const checkout = resolve(access.folder, up);
  const commit = await findBaseCommit(git, base);
  const folder = await createTemporaryFolder(temporary, 'base');
  const files = join(folder.path, 'files');
  await mkdir(files);
  const index = { GIT_INDEX_FILE: join(folder.path, 'index') };
  for (const args of [
    ['read-tree', commit],
    ['checkout-index', '--all', '--quiet', `--prefix=${files}/`],
  ]) {
    const result = await git(['-C', checkout, ...args], index);
    if (result.exitCode === 0) continue;
    await folder.remove();
    throw gitFault(
      `The base ${base.label} can not be read: ${complaintOf(result)}.`,
      'See whether git fsck is content.',
    );
  }
  return { checkout, files, workFolder: join(files, prefix), remove: folder.remove };
}
