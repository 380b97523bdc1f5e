import { ChartImagesError } from '../../core/errors.ts';
import type { BaseRef } from './base-ref.ts';
import { type Git, gitError, gitLine, lastError } from './git.ts';

/** The two commits that a run for a change needs of its base. Both are full ids. */
export interface BaseCommits {
  /** The base as it is now: whose rules a change is judged by. */
  readonly tip: string;
  /** Where the change left the base, if the history shows it, else `tip`: what a change is compared with. */
  readonly fork: string;
}

/**
 * Finds the base. A commit that a shallow checkout does not have is fetched from the checkout's own remote, it alone. Throws
 * `process-failed`, and `invalid-input` for a base that the user named and that does not exist.
 */
export async function findBaseCommits(git: Git, base: BaseRef): Promise<BaseCommits> {
  const tip = (await firstKnown(git, base.names)) ?? (await fetchBase(git, base));
  // Against the tip, everything that others merged meanwhile would look like this change's doing.
  return { tip, fork: (await resolveCommit(git, 'merge-base', '--end-of-options', 'HEAD', tip)) ?? tip };
}

async function firstKnown(git: Git, names: readonly string[]): Promise<string | undefined> {
  for (const name of names) {
    const commit = await resolveCommit(git, 'rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`);
    if (commit !== undefined) return commit;
  }
  return undefined;
}

/** What else git may print is not taken for a commit: it becomes an argument again. */
async function resolveCommit(git: Git, ...args: readonly string[]): Promise<string | undefined> {
  const response = await gitLine(git, ...args);
  return response !== undefined && /^[0-9a-f]{40,64}$/.test(response) ? response : undefined;
}

async function fetchBase(git: Git, base: BaseRef): Promise<string> {
  const remote = await remoteOf(git);
  if (remote === undefined) throw missing(base, noRemote);
  // In a full checkout a depth would make it shallow, for everyone who works in it.
  const shallow = (await gitLine(git, 'rev-parse', '--is-shallow-repository')) === 'true';
  const options = ['--no-tags', '--no-recurse-submodules', '--quiet', ...(shallow ? ['--depth=1'] : [])];
  let failure = '';
  for (const name of base.names.map((each) => each.replace(/^refs\/remotes\/origin\//, 'refs/heads/'))) {
    const fetched = await git(['fetch', ...options, '--end-of-options', remote, name]);
    if (fetched.exitCode === 0) {
      const commit = await resolveCommit(git, 'rev-parse', '--verify', '--end-of-options', 'FETCH_HEAD^{commit}');
      if (commit !== undefined) return commit;
    }
    failure ||= lastError(fetched);
  }
  throw missing(base, failure);
}

/** Of the form that git makes remotes of: another would be read as an address. */
async function remoteOf(git: Git): Promise<string | undefined> {
  const { stdout } = await git(['remote']);
  const remotes = stdout.split('\n').filter((name) => /^\w[\w./-]*$/.test(name));
  return remotes.find((name) => name === 'origin') ?? remotes[0];
}

const noRemote = 'the checkout has no remote';

/** No other run would find it either: git's words for a branch and for a commit that the remote does not have, and ours. */
const refNotFoundPatterns = new RegExp(`couldn't find remote ref|not our ref|${noRemote}`);

function missing({ label, givenBy }: BaseRef, why: string): ChartImagesError {
  const message = `Cannot fetch the base ${label}, which is not in this checkout: ${why}.`;
  const depth = 'Check out the whole history: fetch-depth: 0 for actions/checkout, fetchDepth: 0 in Azure';
  if (givenBy === 'event') return gitError(message, `${depth}, with persistCredentials: true.`);
  const advice = `${depth}. If the history is complete, check the spelling of base-ref.`;
  return refNotFoundPatterns.test(why)
    ? new ChartImagesError('invalid-input', message, { advice })
    : gitError(message, advice);
}
