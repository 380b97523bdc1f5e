import { dirname, join } from 'node:path';
import { exists } from '../../core/files/exists.ts';
import { pathBelow } from '../../core/files/path-below.ts';

/**
 * Whether a path is in a checkout of another repository: a change of the checkout at `top` has no part in it. A
 * submodule (its `.git` is a file), and a repository around the checkout, are not another one. Both must be absolute.
 */
export async function isOfOtherCheckout(path: string, top: string): Promise<boolean> {
  for (let folder = path; ; folder = dirname(folder)) {
    if (await exists(join(folder, '.git', 'HEAD'))) return (await pathBelow(top, folder)) === undefined;
    if (dirname(folder) === folder) return false;
  }
}
