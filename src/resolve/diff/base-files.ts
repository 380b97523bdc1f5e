import { join, sep } from 'node:path';
import { createTemporaryFolder } from '../../core/files/temporary-folder.ts';
import type { Log } from '../../core/log.ts';
import type { BaseCheckout } from './base-checkout.ts';
import { exportCommit, exportSubmodules, type UnreadSubmodule } from './base-submodules.ts';
import { gitError } from './git.ts';

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
  readonly unread: readonly UnreadSubmodule[];
  /** Never fails. */
  remove(log?: Log): Promise<void>;
}

/**
 * Exports the merge base with its submodules to a temporary folder with temporary Git indexes. Throws `process-failed`
 * and `cancelled`.
 */
export async function checkoutBase(base: BaseCheckout, temporary: string): Promise<BaseTree> {
  const { git, gitIn, top, prefix, fork, name } = base;
  const folder = await createTemporaryFolder(temporary, 'base');
  const root = join(folder.path, 'files');
  const files = join(root, outerPath(top, prefix));
  let indexes = 0;
  const indexPath = () => join(folder.path, `index-${indexes++}`);
  try {
    const exported = { git, commit: fork, checkout: top, files };
    const failure = await exportCommit(exported, indexPath());
    if (failure !== undefined) {
      throw gitError(
        `Cannot check out the base ${name.label}: ${failure}.`,
        'Run git fsck in the checkout, and repair what it reports.',
      );
    }
    const unread = await exportSubmodules(exported, { gitIn, indexPath });
    return { checkout: top, files, workFolder: join(files, prefix), root, unread, remove: folder.remove };
  } catch (error) {
    await folder.remove();
    throw error;
  }
}

/** The path from a working folder around the checkout to it: the prefix `../../` leads back as many folders. */
function outerPath(top: string, prefix: string): string {
  const levels = prefix.split('/').filter((name) => name === '..').length;
  return levels === 0 ? '' : join(...top.split(sep).slice(-levels));
}
