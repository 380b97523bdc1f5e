import { lstat, mkdir, readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { exists } from '../../core/files/exists.ts';
import { commitId } from './commit-id.ts';
import { fetchCommit, knownCommit } from './fetch-commit.ts';
import { type Git, lastError } from './git.ts';

/** A submodule of the base that could not be read. */
export interface UnreadSubmodule {
  /** Path from the top level of the checkout, with `/` as separator. */
  readonly path: string;
  /** Completes "Cannot read …:". */
  readonly reason: string;
  /** Whether the checkout has files of the change itself in its place. */
  readonly isReplaced: boolean;
}

export interface SubmoduleDeps {
  /** Git in a submodule of the checkout. Undefined if it is not installed. */
  readonly gitIn: (folder: string) => Promise<Git | undefined>;
  /** Returns the absolute path of a temporary Git index that does not exist yet. */
  readonly indexPath: () => string;
}

/** A repository with its commit and where its files are. Both folders are absolute. */
export interface ExportedCommit {
  readonly git: Git;
  readonly commit: string;
  readonly checkout: string;
  readonly files: string;
}

/** Submodules of one repository, and levels of submodules in submodules. A change can list thousands. */
const maximumSubmodules = 100;
const maximumDepth = 5;

/**
 * Exports the submodules of the base, each at the commit that the base names, from their checkouts. A submodule that
 * the change moved is exported to both folders: its own charts are found by the new path, and charts of the base refer
 * to it by the old one. Submodules that this run has not checked out are left out, because the change is read without
 * them too.
 */
export async function exportSubmodules(
  base: ExportedCommit,
  deps: SubmoduleDeps,
  parent = '',
  depth = 0,
): Promise<readonly UnreadSubmodule[]> {
  const unread: UnreadSubmodule[] = [];
  if (depth >= maximumDepth) return unread;
  const listed = await listSubmodules(base, base.commit);
  // Git keeps the name of a submodule that moves.
  const now = listed.length === 0 ? [] : await listSubmodules(base, 'HEAD');
  const pathsNow = new Map(now.map(({ name, path }) => [name, path]));
  for (const { name, path: before, commit } of listed) {
    const path = pathsNow.get(name) ?? before;
    const checkout = join(base.checkout, path);
    if (!(await exists(join(checkout, '.git')))) {
      if (await hasFiles(checkout)) unread.push({ path: `${parent}${path}`, reason: replaced, isReplaced: true });
      continue;
    }
    if (await isLinked(base.checkout, path)) continue;
    const git = await deps.gitIn(checkout);
    if (git === undefined) continue;
    for (const folder of path !== before && (await isFree(base.files, path)) ? [before, path] : [before]) {
      const own = { git, commit, checkout, files: join(base.files, folder) };
      const reason = await exportSubmodule(own, deps);
      const inside = reason === undefined ? await exportSubmodules(own, deps, `${parent}${path}/`, depth + 1) : [];
      if (folder !== before) continue;
      unread.push(...inside);
      if (reason !== undefined) unread.push({ path: `${parent}${path}`, reason, isReplaced: false });
    }
  }
  return unread;
}

const replaced = 'the change has files of its own in its place';

async function hasFiles(folder: string): Promise<boolean> {
  return (await readdir(folder).catch(() => [])).length > 0;
}

/** Whether the base has nothing at a path, and no link on the way to it. */
async function isFree(files: string, path: string): Promise<boolean> {
  const names = path.split('/');
  for (const [at] of names.entries()) {
    const found = await lstat(join(files, ...names.slice(0, at + 1))).catch(() => undefined);
    if (found === undefined) return true;
    if (!found.isDirectory()) return false;
  }
  return false;
}

/** A change can put a link to another checkout in the place of a submodule, in which Git must not run. */
async function isLinked(checkout: string, path: string): Promise<boolean> {
  const [around, own] = await Promise.all([realpath(checkout), realpath(join(checkout, path))]);
  return join(around, path) !== own;
}

/** Returns why it failed. */
async function exportSubmodule(own: ExportedCommit, deps: SubmoduleDeps): Promise<string | undefined> {
  const known = (await knownCommit(own.git, own.commit)) ?? (await fetchCommit(own.git, own.commit));
  return typeof known === 'string' ? await exportCommit(own, deps.indexPath()) : known.failure;
}

/**
 * Writes the files of a commit with an index of its own, as the checkout would: with the attributes of the commit,
 * only sparse paths, and with one fetch of missing content. `git worktree` would modify the repository and run hooks,
 * and `git archive` honors `export-ignore`. Returns why it failed.
 */
export async function exportCommit(
  { git, commit, checkout, files }: ExportedCommit,
  index: string,
): Promise<string | undefined> {
  await mkdir(files, { recursive: true });
  const environment = { GIT_INDEX_FILE: index, GIT_WORK_TREE: files };
  // `submodule.recurse` would make Git update the submodules of the checkout.
  const args = ['-C', checkout, 'read-tree', '--reset', '-u', '--no-recurse-submodules', '--end-of-options', commit];
  const result = await git(args, { environment });
  return result.exitCode === 0 ? undefined : lastError(result);
}

interface Submodule {
  readonly name: string;
  readonly path: string;
  readonly commit: string;
}

/** By `.gitmodules`, because the list of all files of a repository can be long. */
async function listSubmodules({ git, checkout }: ExportedCommit, commit: string): Promise<readonly Submodule[]> {
  const at = ['-C', checkout];
  const options = ['-z', `--blob=${commit}:.gitmodules`, '--get-regexp', '^submodule\\..*\\.path$'];
  const listed = await git([...at, 'config', ...options]);
  if (listed.exitCode !== 0) return [];
  const entries = listed.stdout.split('\0').flatMap((entry) => {
    const end = entry.indexOf('\n');
    const [name, path] = [entry.slice(0, end), entry.slice(end + 1)];
    return end >= 0 && isInsidePath(path) ? [{ name, path }] : [];
  });
  const submodules = new Map<string, Submodule>();
  for (const { name, path } of entries.slice(0, maximumSubmodules)) {
    const { stdout } = await git([...at, '--literal-pathspecs', 'ls-tree', '-z', '--full-tree', commit, '--', path]);
    const [, id] = /^160000 commit (\w+)\t/.exec(stdout) ?? [];
    const linked = commitId(id);
    if (linked !== undefined) submodules.set(path, { name, path, commit: linked });
  }
  return [...submodules.values()];
}

/** Git refuses other paths too, but only when it checks them out itself. */
function isInsidePath(path: string): boolean {
  const names = path.split(/[/\\]/);
  return path !== '' && !/^[/\\]|^[a-z]:/i.test(path) && !names.some((name) => ['', '.', '..', '.git'].includes(name));
}
