import { ChartImagesError } from '../errors.ts';
import type { BaseName } from './base-name.ts';
import { askGit, complaintOf, type Git, gitFault } from './git.ts';

/**
 * The commit that a run is compared with: where the change left the base if the history tells, else the base itself. A commit
 * that a shallow checkout lacks is fetched from the checkout's own remote, it alone. Throws `process-failed`, and
 * `invalid-input` for a base that the user named and nobody has.
 */
export async function findBaseCommit(git: Git, base: BaseName): Promise<string> {
  const commit = (await firstKnown(git, base.names)) ?? (await fetchBase(git, base));
  // Against the tip, everything that others merged meanwhile would look like this change's doing.
  return (await askGit(git, 'merge-base', 'HEAD', commit)) ?? commit;
}

async function firstKnown(git: Git, names: readonly string[]): Promise<string | undefined> {
  for (const name of names) {
    const commit = await askGit(git, 'rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`);
    if (commit !== undefined) return commit;
  }
  return undefined;
}

async function fetchBase(git: Git, base: BaseName): Promise<string> {
  const remote = await remoteOf(git);
  if (remote === undefined) throw missing(base, noRemote);
  // In a full checkout a depth would make it shallow, for everyone who works in it.
  const shallow = (await askGit(git, 'rev-parse', '--is-shallow-repository')) === 'true';
  const options = ['--no-tags', '--no-recurse-submodules', '--quiet', ...(shallow ? ['--depth=1'] : [])];
  let complaint = '';
  for (const name of base.names.map((each) => each.replace(/^refs\/remotes\/origin\//, 'refs/heads/'))) {
    const fetched = await git(['fetch', ...options, remote, name]);
    if (fetched.exitCode === 0) {
      const commit = await askGit(git, 'rev-parse', '--verify', 'FETCH_HEAD^{commit}');
      if (commit !== undefined) return commit;
    }
    complaint ||= complaintOf(fetched);
  }
  throw missing(base, complaint);
}

async function remoteOf(git: Git): Promise<string | undefined> {
  const { stdout } = await git(['remote']);
  const remotes = stdout.split('\n').filter((name) => name !== '' && !name.startsWith('-'));
  return remotes.find((name) => name === 'origin') ?? remotes[0];
}

const noRemote = 'the checkout has no remote to fetch it from';

/** No other run would find it either: git's words for a branch and for a commit that the remote does not have, and ours. */
const unheardOf = new RegExp(`couldn't find remote ref|not our ref|${noRemote}`);

function missing({ label, givenBy }: BaseName, why: string): ChartImagesError {
  const message = `The base ${label} is not in this checkout and could not be fetched: ${why}.`;
  const depth = 'Let the checkout have the whole history: fetch-depth: 0 for actions/checkout, fetchDepth: 0 in Azure';
  if (givenBy === 'event') return gitFault(message, `${depth}, with persistCredentials: true.`);
  const advice = `${depth}; or check the spelling of base-ref.`;
  return unheardOf.test(why) ? new ChartImagesError('invalid-input', message, { advice }) : gitFault(message, advice);
}
