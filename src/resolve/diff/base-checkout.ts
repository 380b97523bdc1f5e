import { join, relative, resolve, sep } from 'node:path';
import { type BaseCommits, findBaseCommits } from './base-commit.ts';
import type { BaseRef } from './base-ref.ts';
import { createGit, type Git, type GitAccess, gitError, lastError } from './git.ts';

/** The base of a run, found in the checkout that the run is in. */
export interface BaseCheckout extends BaseCommits {
  readonly name: BaseRef;
  readonly git: Git;
  /** Absolute: the top of the checkout, by the path that leads to the folder of the run. */
  readonly top: string;
  /** Path from there to the folder of the run; `''` or with `/` at its end. */
  readonly prefix: string;
}

/** Finds the base in the checkout, which is only read. Throws what `findBaseCommits` throws, and `cancelled`. */
export async function openBaseCheckout(name: BaseRef, access: GitAccess): Promise<BaseCheckout> {
  const git = await createGit(access);
  if (git === undefined) throw gitError('Cannot read the base: git is not installed.', 'Install git on the runner.');
  const where = await git(['rev-parse', '--is-inside-work-tree', '--show-cdup', '--show-prefix']);
  if (where.exitCode !== 0 || !where.stdout.startsWith('true')) {
    const advice = 'Run in a Git checkout. On GitHub, add a step with actions/checkout before this one.';
    throw gitError(`Cannot read the base: ${lastError(where)}.`, advice);
  }
  const [, up = '', prefix = ''] = where.stdout.split('\n');
  return { ...(await findBaseCommits(git, name)), name, git, top: resolve(access.folder, up), prefix };
}

/** The path that git has for a file of the checkout, `/` as separator; undefined for one that is not in it. */
export function pathInCheckout({ top, prefix }: BaseCheckout, workFolder: string, path: string): string | undefined {
  // By the prefix, because the folder of the run may be reached by links that git has resolved.
  const file = relative(top, join(top, prefix, relative(workFolder, resolve(workFolder, path))));
  return file === '..' || file.startsWith(`..${sep}`) || resolve(file) === file ? undefined : file.split(sep).join('/');
}

/**
 * The text of a file as a commit has it, links within the commit followed; undefined where it has none. Throws `process-failed`
 * for what is not a file, and `process-output` for one that is too large.
 */
export async function readCommitted({ git }: BaseCheckout, commit: string, path: string): Promise<string | undefined> {
  const format = '%(objecttype) %(objectsize)';
  const input = `${commit}:${path}\n`;
  const { stdout, exitCode } = await git(['cat-file', '--follow-symlinks', `--batch=${format}`], { input });
  const end = stdout.indexOf('\n');
  const head = stdout.slice(0, end);
  if (exitCode === 0 && head.startsWith('blob ')) return stdout.slice(end + 1, -1).replace(/^\ufeff/, '');
  if (exitCode === 0 && head.endsWith(' missing')) return undefined;
  throw gitError(`Cannot read ${path} of the base: it is not a file.`, 'Replace it with a file on the base branch.');
}
