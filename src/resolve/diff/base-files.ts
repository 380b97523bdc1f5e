import { mkdir } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { createTemporaryFolder } from '../../core/files/temporary-folder.ts';
import type { BaseCheckout } from './base-checkout.ts';
import { gitError, lastError } from './git.ts';

/** The files of the base, outside of the checkout. All paths are absolute. */
export interface BaseTree {
  /** The root of the checkout, by the same path as the working folder. */
  readonly checkout: string;
  /** The root of the files of the base. */
  readonly files: string;
  /** The working folder in the files of the base. */
  readonly workFolder: string;
  /** The folder that contains both: `files`, or the working folder around it. */
  readonly root: string;
  remove(): Promise<void>;
}

/**
 * Exports the merge base to a temporary folder with a temporary Git index. `git worktree` would modify the repository
 * and run hooks, and `git archive` honors `export-ignore`. Throws `process-failed` and `cancelled`.
 */
export async function checkoutBase(base: BaseCheckout, temporary: string): Promise<BaseTree> {
  const { git, top, prefix, fork, name } = base;
  const folder = await createTemporaryFolder(temporary, 'base');
  const root = join(folder.path, 'files');
  const files = join(root, outerPath(top, prefix));
  await mkdir(files, { recursive: true });
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
  return { checkout: top, files, workFolder: join(files, prefix), root, remove: folder.remove };
}

/** The path from a working folder around the checkout to it: the prefix `../../` leads back as many folders. */
function outerPath(top: string, prefix: string): string {
  const levels = prefix.split('/').filter((name) => name === '..').length;
  return levels === 0 ? '' : join(...top.split(sep).slice(-levels));
}
