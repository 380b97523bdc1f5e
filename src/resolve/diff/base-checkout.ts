import { join, relative, resolve, sep } from 'node:path';
import { type BaseCommits, findBaseCommits } from './base-commit.ts';
import type { BaseRef } from './base-ref.ts';
import { createGit, type Git, type GitContext, gitError, lastError } from './git.ts';

/** The base of a run in its checkout. */
export interface BaseCheckout extends BaseCommits {
  readonly name: BaseRef;
  readonly git: Git;
  /** Absolute: the root of the checkout, by the same path as the working folder (links are not resolved). */
  readonly top: string;
  /** Path from there to the working folder: empty, or with a trailing `/`. */
  readonly prefix: string;
}

/** Finds the base. Only reads the checkout. Throws the errors of `findBaseCommits`, and `cancelled`. */
export async function openBaseCheckout(name: BaseRef, access: GitContext): Promise<BaseCheckout> {
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

/** Path of a file in Git, with `/` as separator. Undefined if it is outside of the checkout. */
export function pathInCheckout({ top, prefix }: BaseCheckout, workFolder: string, path: string): string | undefined {
  // By the prefix, because Git resolves links in the path of the working folder.
  const file = relative(top, join(top, prefix, relative(workFolder, resolve(workFolder, path))));
  return file === '..' || file.startsWith(`..${sep}`) || resolve(file) === file ? undefined : file.split(sep).join('/');
}

/**
 * Text of a file in a commit. Follows links within the commit. Undefined if absent. Throws `process-failed` if it is
 * not a file, and `process-output` if it is too large.
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
