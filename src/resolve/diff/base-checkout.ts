import { realpath } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import type { ChartImagesError } from '../../core/errors.ts';
import { isInside, toPosixPath } from '../../core/files/display-path.ts';
import { asOnDisk, pathBelow } from '../../core/files/path-below.ts';
import { absolutePath } from '../../core/files/path-spelling.ts';
import { type BaseCommits, findBaseCommits } from './base-commit.ts';
import type { BaseRef } from './base-ref.ts';
import { createGit, type Git, type GitContext, gitError, lastError } from './git.ts';

/** The base of a run in its checkout. */
export interface BaseCheckout extends BaseCommits {
  readonly name: BaseRef;
  readonly git: Git;
  /** Git in a folder of the same checkout. */
  readonly gitIn: (folder: string) => Promise<Git | undefined>;
  /** Absolute: the root of the checkout, by the same path as the working folder (links are not resolved). */
  readonly top: string;
  /** The same root without links. */
  readonly realTop: string;
  /**
   * Path from there to the working folder with a trailing `/`: empty, a folder in the checkout, or `../` if the
   * checkout is below the working folder.
   */
  readonly prefix: string;
}

export interface CheckoutContext extends Omit<GitContext, 'trusted'> {
  /** Absolute. Default: `folder`. Otherwise, `folder` is the root of a checkout below it. */
  readonly workFolder?: string;
  /** Absolute: the workspace of a host, whose checkouts are used although they belong to another user. */
  readonly workspace?: string | undefined;
}

/**
 * Finds the base. Only reads the checkout, or extends its history. Throws the errors of `findBaseCommits`, and
 * `cancelled`.
 */
export async function openBaseCheckout(name: BaseRef, context: CheckoutContext): Promise<BaseCheckout> {
  const { folder, workFolder = folder, workspace } = context;
  const gitIn = async (at: string) =>
    await createGit({ ...context, folder: at, trusted: await trustedFolders(at, workspace) });
  const git = await gitIn(folder);
  if (git === undefined) throw gitError('Cannot read the base: git is not installed.', 'Install git on the runner.');
  const where = await git(['rev-parse', '--is-inside-work-tree', '--show-cdup', '--show-prefix']);
  if (where.exitCode !== 0 || !where.stdout.startsWith('true')) throw unusable(lastError(where), folder);
  const [, up = '', prefix = ''] = where.stdout.split('\n');
  const top = resolve(folder, up);
  const below = folder === workFolder ? prefix : `${toPosixPath(relative(top, workFolder))}/`;
  const realTop = resolve(await realpath(folder), up);
  return { ...(await findBaseCommits(git, name)), name, git, gitIn, top, realTop, prefix: below };
}

/** Git compares with the path without links. */
async function trustedFolders(folder: string, workspace: string | undefined): Promise<readonly string[]> {
  if (workspace === undefined || !isInside(folder, workspace)) return [];
  return [...new Set([folder, await realpath(folder).catch(() => folder)])];
}

function unusable(why: string, folder: string): ChartImagesError {
  const advice = why.includes('dubious ownership')
    ? `Run as the user that owns the checkout, or run: git config --global --add safe.directory "${folder}".`
    : 'Run in a Git checkout. On GitHub, add a step with actions/checkout before this one.';
  return gitError(`Cannot read the base: ${why}.`, advice);
}

/**
 * Path of a file in Git, with `/` as separator and the names on disk, however the path is spelled: with `..`, through
 * links, in another case. Undefined if it is outside of the checkout. The path must be absolute.
 */
export async function pathInCheckout({ realTop }: BaseCheckout, path: string): Promise<string | undefined> {
  const below = await pathBelow(absolutePath(path, realTop), realTop);
  return below === undefined ? undefined : toPosixPath(await asOnDisk(below, realTop));
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
