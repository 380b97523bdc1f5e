import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createTemporaryFolder } from '../../core/files/temporary-folder.ts';
import type { BaseCheckout } from './base-checkout.ts';
import { gitError, lastError } from './git.ts';

/** The files of the base, outside of the checkout. */
export interface BaseTree {
  /** Absolute: the root of the checkout, by the same path as the working folder. */
  readonly checkout: string;
  /** Absolute: the root of the files of the base. */
  readonly files: string;
  /** Absolute: the working folder in the files of the base. */
  readonly workFolder: string;
  remove(): Promise<void>;
}

/**
 * Exports the merge base to a temporary folder with a temporary Git index. `git worktree` would modify the repository
 * and run hooks, and `git archive` honors `export-ignore`. Throws `process-failed` and `cancelled`.
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
