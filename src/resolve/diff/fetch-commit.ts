import { commitId } from './commit-id.ts';
import { type Git, gitLine, lastError } from './git.ts';

/** A fetch that found no commit, with the message of Git. */
export interface FetchFailure {
  readonly failure: string;
}

export const noRemote = 'the checkout has no remote';

/** The commit of a name. Undefined if the checkout does not have it. */
export async function knownCommit(git: Git, name: string): Promise<string | undefined> {
  return commitId(await gitLine(git, 'rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`));
}

/** Fetches a name or full commit ID from the remote, as one commit if the checkout is shallow. */
export async function fetchCommit(git: Git, name: string): Promise<string | FetchFailure> {
  // A depth would make a full checkout shallow for all its users.
  const depth = (await isShallow(git)) ? ['--depth=1'] : [];
  const failure = await fetch(git, depth, [name]);
  if (failure !== undefined) return failure;
  return (await knownCommit(git, 'FETCH_HEAD')) ?? { failure: `${name} is not a commit` };
}

/**
 * Commits by which the history of a shallow checkout is extended, one after the other: the change of a day, of a
 * month, and of a branch that lived long. More takes longer than a check is worth.
 */
const deepenings = [50, 500, 5_000];

/** `reason` completes "compared with main itself, because …". */
export type MergeBase = { readonly commit: string } | { readonly reason: string };

/**
 * The merge base of HEAD and a commit, for which the history of a shallow checkout is extended within a limit. `head`
 * is the commit of HEAD that the remote has.
 */
export async function findMergeBase(git: Git, head: string | undefined, commit: string): Promise<MergeBase> {
  const known = await mergeBase(git, commit);
  if (known !== undefined) return { commit: known };
  if (!(await isShallow(git))) return { reason: 'it has no history in common with the change' };
  const own = head ?? (await knownCommit(git, 'HEAD'));
  for (const commits of deepenings) {
    const failed = await fetch(git, [`--deepen=${commits}`], [...(own === undefined ? [] : [own]), commit]);
    if (failed !== undefined) return { reason: `the history could not be fetched: ${failed.failure}` };
    const found = await mergeBase(git, commit);
    if (found !== undefined) return { commit: found };
  }
  const all = deepenings.reduce((sum, commits) => sum + commits, 0);
  return { reason: `the change did not begin within the last ${all} commits` };
}

async function mergeBase(git: Git, commit: string): Promise<string | undefined> {
  return commitId(await gitLine(git, 'merge-base', '--end-of-options', 'HEAD', commit));
}

/** Address of the remote, without the replacements of the configuration. */
export async function remoteAddress(git: Git): Promise<string | undefined> {
  const remote = await remoteOf(git);
  return remote === undefined ? undefined : await gitLine(git, 'config', '--get', `remote.${remote}.url`);
}

async function isShallow(git: Git): Promise<boolean> {
  return (await gitLine(git, 'rev-parse', '--is-shallow-repository')) === 'true';
}

async function fetch(git: Git, depth: readonly string[], names: readonly string[]): Promise<FetchFailure | undefined> {
  const remote = await remoteOf(git);
  if (remote === undefined) return { failure: noRemote };
  const options = ['--no-tags', '--no-recurse-submodules', '--quiet', ...depth];
  const fetched = await git(['fetch', ...options, '--end-of-options', remote, ...names]);
  return fetched.exitCode === 0 ? undefined : { failure: lastError(fetched) };
}

/** Only names in the form of Git remotes, because Git reads other arguments as URLs. */
async function remoteOf(git: Git): Promise<string | undefined> {
  const { stdout } = await git(['remote']);
  const remotes = stdout.split('\n').filter((name) => /^\w[\w./-]*$/.test(name));
  return remotes.find((name) => name === 'origin') ?? remotes[0];
}
