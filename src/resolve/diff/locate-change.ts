import { ChartImagesError } from '../../core/errors.ts';
import { commitId, shortCommit } from './commit-id.ts';
import { type Git, gitError } from './git.ts';
import type { HostChange } from './host-change.ts';
import { isSameRepository } from './repository-address.ts';

/**
 * The change in the checkout: a merge of it that the host made into the base, a merge that anybody could have made
 * into `into`, or the change alone.
 */
export type ChangeLocation =
  | { readonly kind: 'merge'; readonly base: string }
  | { readonly kind: 'unnamed-merge'; readonly into: string; readonly commit: string }
  | { readonly kind: 'head' };

/** Commits that earlier steps of the job may have made on top of the checkout. */
const maximumOwnCommits = 50;

/**
 * Finds the change below HEAD, by first parents. Reads commits themselves, because a shallow checkout hides their
 * parents from other commands. Throws `not-the-change`, and `process-failed` in a checkout of another repository.
 */
export async function locateChange(
  git: Git,
  change: HostChange,
  remoteUrl: string | undefined,
): Promise<ChangeLocation> {
  let at: string | undefined = 'HEAD';
  let head: string | undefined;
  for (let depth = 0; at !== undefined && depth <= maximumOwnCommits; depth++) {
    const commit: Commit | undefined = await readCommit(git, at);
    if (commit === undefined) break;
    head ??= commit.id;
    const [first, second] = commit.parents;
    if (commit.id === change.head) return { kind: 'head' };
    const isMerge = first !== undefined && second !== undefined;
    // A merge that the host names may be of a later push than `head`.
    if (isMerge && [change.merge, change.result].includes(commit.id)) return { kind: 'merge', base: first };
    // A workflow that checks out the branch of the author gets what was pushed after the event.
    if (isMerge && second === change.head) return { kind: 'unnamed-merge', into: first, commit: commit.id };
    if (commit.id === change.result) return { kind: 'head' };
    at = first;
  }
  if (change.head === undefined && !change.isTarget) return { kind: 'head' };
  if (head !== undefined && isOther(remoteUrl, change.repository)) throw otherRepository(change.repository ?? '');
  throw notTheChange(head, change);
}

interface Commit {
  readonly id: string;
  readonly parents: readonly string[];
}

/** Undefined if the checkout does not have it. */
async function readCommit(git: Git, name: string): Promise<Commit | undefined> {
  const { stdout, exitCode } = await git(['cat-file', '--batch'], { input: `${name}\n` });
  const [id, type] = stdout.slice(0, stdout.indexOf('\n')).split(' ');
  if (exitCode !== 0 || commitId(id) === undefined || id === undefined || type !== 'commit') return undefined;
  const [headers = ''] = stdout.slice(stdout.indexOf('\n') + 1).split('\n\n');
  const parents = headers.split('\n').flatMap((line) => commitId(/^parent (\w+)$/.exec(line)?.[1]) ?? []);
  return { id, parents };
}

/** Unknown addresses count as the same repository. */
function isOther(remoteUrl: string | undefined, repository: string | undefined): boolean {
  return remoteUrl !== undefined && repository !== undefined && !isSameRepository(remoteUrl, repository);
}

function otherRepository(repository: string): ChartImagesError {
  return gitError(
    `Cannot read the base: the pull request is in ${repository}, and this checkout is of another repository.`,
    'To compare with something in this repository, set base-ref.',
  );
}

function notTheChange(found: string | undefined, { head, isTarget }: HostChange): ChartImagesError {
  const is = found === undefined ? 'is empty' : `has commit ${shortCommit(found)}`;
  const wanted = head === undefined ? 'the pull request' : `${shortCommit(head)} of the pull request, or a merge of it`;
  return new ChartImagesError('not-the-change', `Cannot check the change: the checkout ${is}, and not ${wanted}.`, {
    advice: isTarget
      ? 'Use the event pull_request. pull_request_target checks out the default branch, and runs beside your secrets.'
      : 'Check out the pull request: remove the input ref from actions/checkout, or set it to the commit of the event.',
  });
}
