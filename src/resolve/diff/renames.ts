import { posix } from 'node:path';
import { ChartImagesError } from '../../core/errors.ts';
import type { BaseCheckout } from './base-checkout.ts';

/** Returns the path at the base of a file, or of the folder of a chart. Undefined if it was not renamed. */
export type FindOldPath = (path: string) => string | undefined;

/** More pairs of files are compared only by their content as a whole (git-diff, `-l`). */
const maximumRenames = 400;

/** Finds renames between the base and HEAD, by content. Paths are from the top level, with `/` as separator. */
export async function findRenames({ git, top, fork }: BaseCheckout): Promise<FindOldPath> {
  const renames = new Map<string, string>();
  for (const [from, to] of await listRenames(git, top, fork)) renames.set(to, from);
  return (path) => renames.get(path) ?? oldFolder(renames, path);
}

async function listRenames(git: BaseCheckout['git'], top: string, fork: string): Promise<readonly [string, string][]> {
  const options = ['-r', '-z', '-M', `-l${maximumRenames}`, '--diff-filter=R', '--name-status', '--no-ext-diff'];
  try {
    const { stdout, exitCode } = await git(['-C', top, 'diff-tree', ...options, '--end-of-options', fork, 'HEAD']);
    if (exitCode !== 0) return [];
    const parts = stdout.split('\0');
    return Array.from({ length: Math.floor(parts.length / 3) }, (_, at) => [
      parts[at * 3 + 1] ?? '',
      parts[at * 3 + 2] ?? '',
    ]);
  } catch (error) {
    // A change that renames more than can be listed is compared without renames.
    if (error instanceof ChartImagesError && error.code === 'process-output') return [];
    throw error;
  }
}

/** The folder that the files of a folder were in: by Chart.yaml, otherwise that of most files. */
function oldFolder(renames: ReadonlyMap<string, string>, folder: string): string | undefined {
  const votes = new Map<string, number>();
  for (const [to, from] of renames) {
    if (!to.startsWith(`${folder}/`)) continue;
    const inside = to.slice(folder.length);
    if (!from.endsWith(inside)) continue;
    const old = from.slice(0, -inside.length);
    if (inside === '/Chart.yaml') return old;
    votes.set(old, (votes.get(old) ?? 0) + 1);
  }
  const [most] = [...votes].toSorted(([, one], [, other]) => other - one);
  return most === undefined ? undefined : posix.normalize(most[0]);
}
