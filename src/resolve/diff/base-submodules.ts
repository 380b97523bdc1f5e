import { mkdir, realpath } from 'node:fs/promises';
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
 * Exports the submodules of the base, each at the commit that the base names, from their checkouts. Submodules that
 * this run has not checked out are left out, because the change is read without them too.
 */
export async function exportSubmodules(
  base: ExportedCommit,
  deps: SubmoduleDeps,
  parent = '',
  depth = 0,
): Promise<readonly UnreadSubmodule[]> {
  const unread: UnreadSubmodule[] = [];
  if (depth >= maximumDepth) return unread;
  for (const { path, commit } of await listSubmodules(base)) {
    const checkout = join(base.checkout, path);
    if (!(await exists(join(checkout, '.git'))) || (await isLinked(base.checkout, path))) continue;
    const git = await deps.gitIn(checkout);
    if (git === undefined) continue;
    const own = { git, commit, checkout, files: join(base.files, path) };
    const reason = await exportSubmodule(own, deps);
    if (reason === undefined) unread.push(...(await exportSubmodules(own, deps, `${parent}${path}/`, depth + 1)));
    else unread.push({ path: `${parent}${path}`, reason });
  }
  return unread;
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

/** By `.gitmodules`, because the list of all files of a repository can be long. */
async function listSubmodules({ git, commit, checkout }: ExportedCommit) {
  const at = ['-C', checkout];
  const listed = await git([
    ...at,
    'config',
    '-z',
    `--blob=${commit}:.gitmodules`,
    '--get-regexp',
    '^submodule\\..*\\.path$',
  ]);
  if (listed.exitCode !== 0) return [];
  const paths = listed.stdout.split('\0').flatMap((entry) => {
    const path = entry.slice(entry.indexOf('\n') + 1);
    return entry.includes('\n') && isInsidePath(path) ? [path] : [];
  });
  const submodules: { readonly path: string; readonly commit: string }[] = [];
  for (const path of new Set(paths.slice(0, maximumSubmodules))) {
    const { stdout } = await git([...at, '--literal-pathspecs', 'ls-tree', '-z', '--full-tree', commit, '--', path]);
    const [, id] = /^160000 commit (\w+)\t/.exec(stdout) ?? [];
    const linked = commitId(id);
    if (linked !== undefined) submodules.push({ path, commit: linked });
  }
  return submodules;
}

/** Git refuses other paths too, but only when it checks them out itself. */
function isInsidePath(path: string): boolean {
  const names = path.split(/[/\\]/);
  return path !== '' && !/^[/\\]|^[a-z]:/i.test(path) && !names.some((name) => ['', '.', '..', '.git'].includes(name));
}
