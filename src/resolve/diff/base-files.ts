import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createTemporaryFolder } from '../../core/files/temporary-folder.ts';
import type { BaseCheckout } from './base-checkout.ts';
import { gitError, lastError } from './git.ts';

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
 * Puts the files that the change started from into a temporary folder. The checkout is only read: an index of its own takes the
 * place of a worktree, which would leave its mark in the repository and start hooks, and of an archive, which leaves out what
 * `.gitattributes` says (export-ignore). Throws `process-failed` and `cancelled`.
 */
export async function checkoutBase(base: BaseCheckout, temporary: string): Promise<BaseTree> {
  const { git, top, prefix, fork, name } = base;
  const folder = await createTemporaryFolder(temporary, 'base');
  const files = join(folder.path, 'files');
  await mkdir(files);
  const environment = { GIT_INDEX_FILE: join(folder.path, 'index') };
  for (const args of [
    ['read-tree', '--end-of-options', fork],
    ['checkout-index', '--all', '--quiet', `--prefix=${files}/`],
  ]) {
    const result = await git(['-C', top, ...args], { environment });
    if (result.exitCode === 0) continue;
    await folder.remove();
    throw gitError(
      `Cannot check out the base ${name.label}: ${lastError(result)}.`,
      'Run git fsck in the checkout, and repair what it reports.',
    );
  }
  return { checkout: top, files, workFolder: join(files, prefix), remove: folder.remove };
}
