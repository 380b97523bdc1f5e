import { dirname, join, relative, resolve, sep } from 'node:path';
import { findBoundary } from '../../core/files/boundary.ts';
import { isInside } from '../../core/files/display-path.ts';
import { exists } from '../../core/files/exists.ts';

/**
 * The folders in which Git is asked for the base, in order, never empty: the working folder if it is in a checkout,
 * otherwise (several repositories, or `path:` of actions/checkout) the top levels of the checkouts that the paths are
 * in. Doesn't run Git. A submodule belongs to the checkout around it.
 */
export async function findCheckoutFolders(workFolder: string, paths: readonly string[]): Promise<readonly string[]> {
  const { top } = await findBoundary(workFolder);
  if (await exists(join(top, '.git'))) return [workFolder];
  const found = new Set<string>();
  for (const path of paths) {
    const folder = await outermostCheckout(withoutPattern(resolve(workFolder, path)), workFolder);
    if (folder !== undefined) found.add(folder);
  }
  return found.size === 0 ? [workFolder] : [...found];
}

/** The first checkout on the way from the working folder to a path in it. */
async function outermostCheckout(path: string, workFolder: string): Promise<string | undefined> {
  if (!isInside(path, workFolder)) return undefined;
  let folder = workFolder;
  for (const name of relative(workFolder, path).split(sep)) {
    folder = join(folder, name);
    if (await exists(join(folder, '.git'))) return folder;
  }
  return undefined;
}

/** The part of a glob before its first special character. */
function withoutPattern(path: string): string {
  const special = path.search(/[*?[{]/);
  return special < 0 ? path : dirname(`${path.slice(0, special)}x`);
}
