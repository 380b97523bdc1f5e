import * as v from 'valibot';
import { ChartImagesError } from '../../core/errors.ts';
import { readText } from '../../core/files/read-file.ts';
import { refNameFault } from './ref-name.ts';

/** What a run is compared with, as the user or the host names it. */
export interface BaseRef {
  /** As a reader knows it. */
  readonly label: string;
  /** What git may know it by, in the order to try: commits, branches, tags. Never empty. */
  readonly names: readonly string[];
  readonly givenBy: 'input' | 'event';
}

/** GitHub cuts events at 25 MB; they are read for one commit. */
const maximumEventBytes = 32 * 1024 * 1024;

// docs.github.com, "Webhook events and payloads": pull_request (and pull_request_target), merge_group.
const eventShape = v.object({
  pull_request: v.optional(v.object({ base: v.object({ sha: v.string(), ref: v.string() }) })),
  merge_group: v.optional(v.object({ base_sha: v.string(), base_ref: v.string() })),
});

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The base of this run: the input `base-ref`, else that of the host's pull request or merge queue; undefined where there is none.
 * Throws `process-failed` for a name of the host's that git could take for something else: an event is not an input of the user.
 */
export async function resolveBaseRef(
  given: string | undefined,
  environment: Environment,
): Promise<BaseRef | undefined> {
  if (given !== undefined) return { label: given, names: refNames(given), givenBy: 'input' };
  return (await githubBase(environment)) ?? azureBase(environment);
}

async function githubBase(environment: Environment): Promise<BaseRef | undefined> {
  const path = environment['GITHUB_EVENT_PATH'];
  const event = path ? await readEvent(path) : undefined;
  const sha = event?.pull_request?.base.sha ?? event?.merge_group?.base_sha;
  const branch = event?.pull_request?.base.ref ?? event?.merge_group?.base_ref ?? environment['GITHUB_BASE_REF'];
  if (!branch) return undefined;
  const commit = sha !== undefined && /^[0-9a-f]{40,64}$/.test(sha) ? [sha] : [];
  return fromEvent(branch, commit);
}

/** `refs/heads/main`, and `main` for repositories that are not Azure's own. */
function azureBase(environment: Environment): BaseRef | undefined {
  const branch = environment['SYSTEM_PULLREQUEST_TARGETBRANCH'];
  return branch ? fromEvent(branch, []) : undefined;
}

function fromEvent(branch: string, commit: readonly string[]): BaseRef {
  const issue = refNameFault(shortName(branch)) ?? refNameFault(branch);
  if (issue === undefined)
    return { label: shortName(branch), names: [...commit, ...refNames(branch)], givenBy: 'event' };
  throw new ChartImagesError('process-failed', `Cannot use the base branch of the event: ${issue}.`, {
    advice: 'Rename the base branch of the pull request.',
  });
}

async function readEvent(path: string): Promise<v.InferOutput<typeof eventShape> | undefined> {
  try {
    const text = await readText(path, { maximumBytes: maximumEventBytes });
    return v.parse(eventShape, JSON.parse(text));
  } catch {
    // An event of another kind, or none that can be read: GITHUB_BASE_REF may still tell the branch.
    return undefined;
  }
}

/** A branch is newest at the remote it comes from: the checkout's own copy may be weeks old, or not there at all. */
function refNames(name: string): readonly string[] {
  const branch = shortName(name);
  return [`refs/remotes/origin/${branch}`, name];
}

function shortName(name: string): string {
  return name.replace(/^refs\/(heads|tags|remotes\/origin)\//, '');
}
