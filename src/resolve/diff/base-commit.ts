import { ChartImagesError } from '../../core/errors.ts';
import type { BaseRef } from './base-ref.ts';
import { shortCommit } from './commit-id.ts';
import { fetchCommit, findMergeBase, knownCommit, noRemote, remoteAddress } from './fetch-commit.ts';
import { type Git, gitError } from './git.ts';
import { type ChangeLocation, locateChange } from './locate-change.ts';

/** Full IDs of the base commits of a change. */
export interface BaseCommits {
  /** Current commit of the base. Its rules apply. */
  readonly tip: string;
  /** The commit that the change is compared with: the first parent of a merge, the merge base, or `tip`. */
  readonly fork: string;
  /** Clause: why `fork` is not the exact commit. Undefined if it is. */
  readonly inexact?: string | undefined;
}

/**
 * Finds the base commits. A commit that a shallow checkout does not have is fetched from its remote. Throws
 * `not-the-change`, `process-failed`, and `invalid-input` if the input names a base that does not exist.
 */
export async function findBaseCommits(git: Git, base: BaseRef): Promise<BaseCommits> {
  const change = base.change && (await locateChange(git, base.change, await remoteAddress(git)));
  if (base.givenBy === 'event' && change?.kind === 'merge') return await baseOfMerge(git, base, change.base);
  if (base.givenBy === 'event' && change?.kind === 'unnamed-merge') return await baseOfUnnamed(git, base, change);
  const tip = await tipOf(git, base);
  if (base.compareWith === 'commit') return { tip: tip.commit, fork: tip.commit };
  return await forkFrom(git, base, tip, base.change?.head);
}

/** Compared with the tip, changes that others merged meanwhile would count as part of this change. */
async function forkFrom(
  git: Git,
  base: BaseRef,
  { commit: tip, inexact }: Tip,
  head: string | undefined,
): Promise<BaseCommits> {
  const found = await findMergeBase(git, head, tip);
  if ('commit' in found) return { tip, fork: found.commit, inexact };
  return { tip, fork: tip, inexact: inexact ?? `${base.label} itself, because ${found.reason}` };
}

/** The first parent may be a commit of the author's, and the merge newer than the commit of the event. */
async function baseOfUnnamed(
  git: Git,
  base: BaseRef,
  { into, commit }: ChangeLocation & { readonly kind: 'unnamed-merge' },
): Promise<BaseCommits> {
  if (into === base.commit) return await baseOfMerge(git, base, into);
  const tip = await tipOfBranch(git, base, undefined).catch(async (error: unknown) => {
    if (error instanceof ChartImagesError && error.code === 'cancelled') throw error;
    return await tipOf(git, base);
  });
  return await forkFrom(git, base, tip, commit);
}

/** The host merged the change into the first parent, whatever the event or the branch says. */
async function baseOfMerge(git: Git, base: BaseRef, parent: string): Promise<BaseCommits> {
  const known = await knownOrFetched(git, parent);
  if (typeof known === 'string') return { tip: known, fork: known };
  const { commit } = await tipOf(git, base);
  return { tip: commit, fork: commit, inexact: replaced(base, commit, parent, known.failure) };
}

interface Tip {
  readonly commit: string;
  readonly inexact: string | undefined;
}

async function tipOf(git: Git, base: BaseRef): Promise<Tip> {
  const named = base.commit === undefined ? undefined : await knownOrFetched(git, base.commit);
  if (typeof named === 'string') return { commit: named, inexact: undefined };
  if (base.names.length === 0) throw missing(base, named?.failure ?? noRemote);
  const tip = await tipOfBranch(git, base, named?.failure);
  if (base.commit === undefined || named === undefined) return tip;
  return { ...tip, inexact: replaced(base, tip.commit, base.commit, named.failure) };
}

/** A branch of a kept work folder may be old, so that a host's branch is fetched first. */
async function tipOfBranch(git: Git, base: BaseRef, failed: string | undefined): Promise<Tip> {
  if (base.givenBy === 'input') {
    const known = await firstKnown(git, base.names);
    if (known !== undefined) return { commit: known, inexact: undefined };
  }
  let failure = failed ?? '';
  for (const name of base.names.map((each) => each.replace(/^refs\/remotes\/origin\//, 'refs/heads/'))) {
    const fetched = await fetchCommit(git, name);
    if (typeof fetched === 'string') return { commit: fetched, inexact: undefined };
    failure ||= fetched.failure;
  }
  const known = base.givenBy === 'event' ? await firstKnown(git, base.names) : undefined;
  if (known === undefined) throw missing(base, failure);
  // Without a remote, the branch in the checkout is the only one.
  const inexact = failure === noRemote ? undefined : `${base.label} as the checkout has it: ${failure}`;
  return { commit: known, inexact };
}

async function firstKnown(git: Git, names: readonly string[]): Promise<string | undefined> {
  for (const name of names) {
    const commit = await knownCommit(git, name);
    if (commit !== undefined) return commit;
  }
  return undefined;
}

async function knownOrFetched(git: Git, commit: string) {
  return (await knownCommit(git, commit)) ?? (await fetchCommit(git, commit));
}

function replaced({ label }: BaseRef, commit: string, wanted: string, failure: string): string {
  return `${label} at ${shortCommit(commit)}, because ${shortCommit(wanted)} could not be fetched: ${failure}`;
}

/** Permanent failures: messages of Git for a missing branch or commit, and `noRemote`. */
const refNotFoundPatterns = new RegExp(`couldn't find remote ref|not our ref|${noRemote}`);

function missing({ label, givenBy }: BaseRef, why: string): ChartImagesError {
  const message = `Cannot fetch the base ${label}, which is not in this checkout: ${why}.`;
  if (givenBy === 'event') return gitError(message, eventAdvice);
  const advice = `${wholeHistory}. If the history is complete, check the spelling of base-ref.`;
  return refNotFoundPatterns.test(why)
    ? new ChartImagesError('invalid-input', message, { advice })
    : gitError(message, advice);
}

const wholeHistory = 'Check out the whole history: fetch-depth: 0 for actions/checkout, fetchDepth: 0 in Azure';

const eventAdvice =
  'Check out the merge with its parents: fetch-depth: 2 for actions/checkout, fetchDepth: 2 in Azure. A checkout of the change alone needs the whole history: fetch-depth: 0.';
