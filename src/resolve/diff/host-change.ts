import { commitId } from './commit-id.ts';
import type { GithubEvent } from './github-event.ts';

/** A pull request, as the host of the run describes it. IDs are full commit IDs. */
export interface HostChange {
  /** Last commit of the change. Undefined if the host does not name it. */
  readonly head: string | undefined;
  /** The merge that the host made for the run: its first parent is the base. */
  readonly merge: string | undefined;
  /** The commit on the base branch, after the pull request was merged; after a squash, it has one parent. */
  readonly result?: string | undefined;
  /** The repository of the pull request: `owner/name`, or an address. Undefined if unknown. */
  readonly repository: string | undefined;
  /** Whether the host checks out the default branch for this event. */
  readonly isTarget: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The ref of a merge that the host made: its first parent is the base. */
const mergeRef = /^refs\/pull\/\d+\/merge$/;

/** `event` is undefined if only GITHUB_BASE_REF is known. Undefined if the run is not for a pull request. */
export function githubChange(event: GithubEvent | undefined, environment: Environment): HostChange | undefined {
  if (event?.pull_request === undefined && !environment['GITHUB_BASE_REF']) return undefined;
  const { head, merged, merge_commit_sha: result } = event?.pull_request ?? {};
  const made = mergeRef.test(environment['GITHUB_REF'] ?? '') ? commitId(environment['GITHUB_SHA']) : undefined;
  return {
    head: commitId(head?.sha),
    // For an open pull request, `merge_commit_sha` can be of an earlier push.
    merge: made,
    result: merged === true ? commitId(result) : undefined,
    repository: environment['GITHUB_REPOSITORY'] || undefined,
    isTarget: environment['GITHUB_EVENT_NAME'] === 'pull_request_target',
  };
}

/** Undefined if the run is not for a pull request. */
export function azureChange(environment: Environment): HostChange | undefined {
  if (!environment['SYSTEM_PULLREQUEST_TARGETBRANCH']) return undefined;
  const isMerge = mergeRef.test(environment['BUILD_SOURCEBRANCH'] ?? '');
  const made = isMerge ? commitId(environment['BUILD_SOURCEVERSION']) : undefined;
  return {
    head: commitId(environment['SYSTEM_PULLREQUEST_SOURCECOMMITID']),
    merge: made,
    repository: environment['BUILD_REPOSITORY_URI'] || undefined,
    isTarget: false,
  };
}
