import { ChartImagesError } from '../../core/errors.ts';
import { commitId, shortCommit } from './commit-id.ts';
import { type GithubEvent, readGithubEvent } from './github-event.ts';
import { azureChange, githubChange, type HostChange } from './host-change.ts';
import { refNameError } from './ref-name.ts';

/** The base of a run, as named by the user or the host. */
export interface BaseRef {
  /** For messages: a branch, a tag, or a short commit. */
  readonly label: string;
  /** Full ID of the commit that the event names. */
  readonly commit?: string | undefined;
  /** Git names to try, in order. Empty only with `commit`. */
  readonly names: readonly string[];
  readonly givenBy: 'input' | 'event';
  /** The pull request that the checkout must contain. Undefined for other events. */
  readonly change?: HostChange | undefined;
  /** What to compare with: where the change began (default), or `commit` itself. */
  readonly compareWith?: 'merge base' | 'commit';
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Value of `base-ref` for the commit of a branch before the push. */
export const beforePush = 'before';

/**
 * The input `base-ref`, otherwise the base of the pull request or merge queue. Undefined if there is none. Throws
 * `process-failed` for an unsafe name from the host, because it is not an input.
 */
export async function resolveBaseRef(
  given: string | undefined,
  environment: Environment,
): Promise<BaseRef | undefined> {
  const event = await readGithubEvent(environment['GITHUB_EVENT_PATH']);
  if (given === undefined) return githubBase(event, environment) ?? azureBase(environment);
  if (given === beforePush) {
    const base = githubBase(event, environment) ?? pushBase(event);
    if (base !== undefined) return base === 'created' ? undefined : base;
  }
  const change = githubChange(event, environment);
  return {
    label: shortCommit(given),
    names: refNames(given),
    givenBy: 'input',
    // Otherwise a run of pull_request_target would pass without the change.
    ...(change?.isTarget === true ? { change } : {}),
  };
}

function githubBase(event: GithubEvent | undefined, environment: Environment): BaseRef | undefined {
  const sha = event?.pull_request?.base.sha ?? event?.merge_group?.base_sha;
  const branch = event?.pull_request?.base.ref ?? event?.merge_group?.base_ref ?? environment['GITHUB_BASE_REF'];
  if (!branch) return undefined;
  const change = event?.merge_group === undefined ? githubChange(event, environment) : undefined;
  return fromEvent(branch, commitId(sha), change);
}

/** `refs/heads/main`, or `main` for external repositories. */
function azureBase(environment: Environment): BaseRef | undefined {
  const branch = environment['SYSTEM_PULLREQUEST_TARGETBRANCH'];
  return branch ? fromEvent(branch, undefined, azureChange(environment)) : undefined;
}

/** `created` for a new branch. Undefined if the event is not a push. */
function pushBase(event: GithubEvent | undefined): BaseRef | 'created' | undefined {
  if (event?.before === undefined || event.ref === undefined) return undefined;
  const commit = commitId(event.before);
  if (commit === undefined) return 'created';
  return { label: shortCommit(commit), commit, names: [], givenBy: 'event', compareWith: 'commit' };
}

function fromEvent(branch: string, commit: string | undefined, change: HostChange | undefined): BaseRef {
  const issue = refNameError(shortName(branch)) ?? refNameError(branch);
  if (issue === undefined)
    return { label: shortName(branch), commit, names: refNames(branch), givenBy: 'event', change };
  throw new ChartImagesError('process-failed', `Cannot use the base branch of the event: ${issue}.`, {
    advice: 'Rename the base branch of the pull request.',
  });
}

/** The remote branch first, because the local branch may be outdated or missing. */
function refNames(name: string): readonly string[] {
  const branch = shortName(name);
  return [`refs/remotes/origin/${branch}`, name];
}

function shortName(name: string): string {
  return name.replace(/^refs\/(heads|tags|remotes\/origin)\//, '');
}
