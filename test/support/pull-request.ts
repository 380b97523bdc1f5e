/**
 * A pull request as GitHub and Azure Repos hold it: a bare server repository, and the variables of both hosts for it.
 */

import { eventFile } from './change-run.ts';
import { type Change, type Checkout, checkoutAt, gitEnvironment, makeRepository } from './checkout.ts';
import { testFolder } from './folder.ts';
import { outputOf } from './program.ts';

/** The commits of a pull request. */
export interface PullRequest {
  /** The repository on the server, with a work tree that the test changes. */
  readonly server: Checkout;
  /** The base branch when the pull request was opened: what the event says. */
  readonly opened: string;
  /** The base branch when the host made the merge. */
  readonly base: string;
  /** The last commit of the change. */
  readonly head: string;
  /** What the host checks out: a merge of `head` into `base`, as `refs/pull/1/merge`. */
  readonly merge: string;
}

export interface PullRequestFiles {
  /** On the base branch when the change began. */
  readonly before: Change;
  /** What the author changes. */
  readonly change: Change;
  /** What others merged into the base branch afterwards. */
  readonly others?: Change;
}

export const onHosts = ['github', 'azure'] as const;
export type PullRequestHost = (typeof onHosts)[number];

export async function makePullRequest({ before, change, others }: PullRequestFiles): Promise<PullRequest> {
  const server = await makeRepository();
  const opened = await server.commit(before);
  await server.git('switch', '--quiet', '--create', 'change');
  const head = await server.commit(change);
  await server.git('switch', '--quiet', 'main');
  const base = others === undefined ? opened : await server.commit(others);
  return { server, opened, base, head, merge: await mergeOnServer(server, head) };
}

/** What the host does after each push: merges into a ref of its own, which no branch leads to. */
export async function mergeOnServer(server: Checkout, head: string): Promise<string> {
  await server.git('switch', '--quiet', '--detach', 'main');
  await server.git('merge', '--quiet', '--no-ff', '--message=Merge', head);
  const merge = await server.git('rev-parse', 'HEAD');
  await server.git('update-ref', 'refs/pull/1/merge', merge);
  await server.git('update-ref', 'refs/pull/1/head', head);
  await server.git('switch', '--quiet', 'main');
  return merge;
}

/** As actions/checkout and the agent do it: an empty repository, a fetch of one commit, a detached HEAD. */
export async function checkOut(
  { server }: Pick<PullRequest, 'server'>,
  commit: string,
  depth: number | 'all' = 1,
  folder?: string,
): Promise<Checkout> {
  const checkout = checkoutAt(folder ?? (await testFolder()));
  await outputOf('git', ['init', '--quiet', checkout.folder], { env: gitEnvironment });
  const remotes = await checkout.git('remote');
  if (remotes === '') await checkout.git('remote', 'add', 'origin', `file://${server.folder}`);
  const refs =
    depth === 'all'
      ? ['+refs/heads/*:refs/remotes/origin/*', `+${commit}:refs/remotes/pull/1/merge`]
      : [`--depth=${depth}`, `+${commit}:refs/remotes/pull/1/merge`];
  await checkout.git('fetch', '--quiet', '--no-tags', 'origin', ...refs);
  await checkout.git('checkout', '--quiet', '--force', '--detach', commit);
  return checkout;
}

/** The variables of a run for the pull request. */
export async function variablesFor(
  host: PullRequestHost,
  { opened, head, merge, server }: PullRequest,
  more: Readonly<Record<string, string>> = {},
): Promise<Readonly<Record<string, string>>> {
  if (host === 'azure') {
    return {
      TF_BUILD: 'True',
      SYSTEM_PULLREQUEST_TARGETBRANCH: 'refs/heads/main',
      SYSTEM_PULLREQUEST_SOURCEBRANCH: 'refs/heads/change',
      SYSTEM_PULLREQUEST_SOURCECOMMITID: head,
      BUILD_SOURCEBRANCH: 'refs/pull/1/merge',
      BUILD_SOURCEVERSION: merge,
      BUILD_REPOSITORY_URI: `file://${server.folder}`,
      ...more,
    };
  }
  const pull = { number: 1, base: { sha: opened, ref: 'main' }, head: { sha: head, ref: 'change' } };
  return {
    GITHUB_ACTIONS: 'true',
    GITHUB_EVENT_NAME: 'pull_request',
    GITHUB_EVENT_PATH: await eventFile({ number: 1, pull_request: pull }),
    GITHUB_BASE_REF: 'main',
    GITHUB_HEAD_REF: 'change',
    GITHUB_REF: 'refs/pull/1/merge',
    GITHUB_SHA: merge,
    ...more,
  };
}

/** A chart of one pod, an image a line from line 6 of its template on. */
export function chart(name: string, ...images: readonly string[]): Change {
  const containers = images.map((image, index) => `    - { name: c${index}, image: "${image}" }\n`).join('');
  return {
    [`charts/${name}/Chart.yaml`]: `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n`,
    [`charts/${name}/templates/pod.yaml`]: `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name} }\nspec:\n  containers:\n${containers}`,
  };
}
