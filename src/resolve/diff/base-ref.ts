import * as v from 'valibot';
import { ChartImagesError } from '../../core/errors.ts';
import { readText } from '../../core/files/read-file.ts';
import { refNameError } from './ref-name.ts';

/** The base of a run, as named by the user or the host. */
export interface BaseRef {
  /** For messages. */
  readonly label: string;
  /** Git names to try, in order. Never empty. */
  readonly names: readonly string[];
  readonly givenBy: 'input' | 'event';
}

/** GitHub truncates events at 25 MB. */
const maximumEventBytes = 32 * 1024 * 1024;

// docs.github.com, "Webhook events and payloads": pull_request (and pull_request_target), merge_group.
const eventShape = v.object({
  pull_request: v.optional(v.object({ base: v.object({ sha: v.string(), ref: v.string() }) })),
  merge_group: v.optional(v.object({ base_sha: v.string(), base_ref: v.string() })),
});

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The input `base-ref`, otherwise the base of the pull request or merge queue. Undefined if there is none. Throws
 * `process-failed` for an unsafe name from the host, because it is not an input.
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

/** `refs/heads/main`, or `main` for external repositories. */
function azureBase(environment: Environment): BaseRef | undefined {
  const branch = environment['SYSTEM_PULLREQUEST_TARGETBRANCH'];
  return branch ? fromEvent(branch, []) : undefined;
}

function fromEvent(branch: string, commit: readonly string[]): BaseRef {
  const issue = refNameError(shortName(branch)) ?? refNameError(branch);
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
    // Another kind of event, or unreadable. `GITHUB_BASE_REF` may still name the branch.
    return undefined;
  }
}

/** The remote branch first, because the local branch may be outdated or missing. */
function refNames(name: string): readonly string[] {
  const branch = shortName(name);
  return [`refs/remotes/origin/${branch}`, name];
}

function shortName(name: string): string {
  return name.replace(/^refs\/(heads|tags|remotes\/origin)\//, '');
}
