import { ChartImagesError } from '../../core/errors.ts';
import type { BaseRef } from './base-ref.ts';
import { type Git, gitError, gitLine, lastError } from './git.ts';

/** Full IDs of the base commits of a change. */
export interface BaseCommits {
  /** Current commit of the base. Its rules apply. */
  readonly tip: string;
  /** The merge base if the history contains it, otherwise `tip`. The change is compared with it. */
  readonly fork: string;
}

/**
 * Finds the base commits. A commit that a shallow checkout does not have is fetched from its remote. Throws
 * `process-failed`, and `invalid-input` if the input names a base that does not exist.
 */
export async function findBaseCommits(git: Git, base: BaseRef): Promise<BaseCommits> {
  const tip = (await firstKnown(git, base.names)) ?? (await fetchBase(git, base));
  // Compared with the tip, changes that others merged meanwhile would count as part of this change.
  return { tip, fork: (await resolveCommit(git, 'merge-base', '--end-of-options', 'HEAD', tip)) ?? tip };
}

async function firstKnown(git: Git, names: readonly string[]): Promise<string | undefined> {
  for (const name of names) {
    const commit = await resolveCommit(git, 'rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`);
    if (commit !== undefined) return commit;
  }
  return undefined;
}

/** Other output is rejected, because the commit is passed to Git as an argument. */
async function resolveCommit(git: Git, ...args: readonly string[]): Promise<string | undefined> {
  const response = await gitLine(git, ...args);
  return response !== undefined && /^[0-9a-f]{40,64}$/.test(response) ? response : undefined;
}

async function fetchBase(git: Git, base: BaseRef): Promise<string> {
  const remote = await remoteOf(git);
  if (remote === undefined) throw missing(base, noRemote);
  // A depth would make a full checkout shallow for all its users.
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

/** Only names in the form of Git remotes, because Git reads other arguments as URLs. */
async function remoteOf(git: Git): Promise<string | undefined> {
  const { stdout } = await git(['remote']);
  const remotes = stdout.split('\n').filter((name) => /^\w[\w./-]*$/.test(name));
  return remotes.find((name) => name === 'origin') ?? remotes[0];
}

const noRemote = 'the checkout has no remote';

/** Permanent failures: messages of Git for a missing branch or commit, and `noRemote`. */
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
