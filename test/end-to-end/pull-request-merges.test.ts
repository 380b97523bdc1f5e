/** Merges that hosts check out, through the bundle: by act, as the GitHub runner starts it, and as the agent does. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { toolFolder } from '../../scripts/tools.ts';
import { runInWorkflow } from '../support/act.ts';
import { runAsAzureTask } from '../support/azure-agent.ts';
import { checkoutAt } from '../support/checkout.ts';
import { testFolder } from '../support/folder.ts';
import { runAsGitHubAction } from '../support/github-runner.ts';
import type { HostRequest } from '../support/host-run.ts';
import { gitOfAnotherUser } from '../support/other-owner.ts';
import { chart, checkOut, makePullRequest, type PullRequest, variablesFor } from '../support/pull-request.ts';

/** The change moves one image; meanwhile others change a chart so that it names an image that no registry has. */
const advanced = async () =>
  await makePullRequest({
    before: { ...chart('app', 'a:good1'), ...chart('other', 'o:fine') },
    change: chart('app', 'a:good2'),
    others: chart('other', 'o:missing'),
  });

async function requestFor(work: string, env: HostRequest['env'] = {}): Promise<HostRequest> {
  const home = await testFolder();
  const inputs = { charts: 'charts/*', resolve: 'false' };
  return { node: process.execPath, work, home, path: [toolFolder('helm-4')], inputs, env };
}

const comparedWith = (pull: PullRequest) => `Compared with \`main\` at \`${pull.base.slice(0, 7)}\`: 1 image moved`;

const eventOf = ({ opened, head }: PullRequest) => ({
  number: 1,
  pull_request: { number: 1, base: { sha: opened, ref: 'main' }, head: { sha: head, ref: 'change' } },
});

test.each([1, 2])(
  'a workflow with the merge at depth %i compares with the first parent of the merge',
  async (depth) => {
    const pull = await advanced();
    const { folder: work } = await checkOut(pull, pull.merge, depth);
    const run = await runInWorkflow(await requestFor(work), { name: 'pull_request', payload: eventOf(pull) });
    expect(run.summary, run.log).toContain(comparedWith(pull));
  },
);

test('a workflow with the base branch in place of the change fails, and compares nothing', async () => {
  const pull = await advanced();
  const { folder: work } = await checkOut(pull, pull.base, 1);
  const run = await runInWorkflow(await requestFor(work), { name: 'pull_request', payload: eventOf(pull) });
  expect([run.passed, run.annotations.map(({ title }) => title)], run.log).toEqual([
    false,
    ['chart-images: not-the-change'],
  ]);
  expect(run.summary).not.toContain('Compared with');
});

test('the GitHub runner in the container of a job compares with the first parent of the merge', async () => {
  const pull = await advanced();
  const { folder: work } = await checkOut(pull, pull.merge, 2);
  const request = await requestFor(work, await variablesFor('github', pull));
  const run = await runAsGitHubAction({ ...request, path: [await gitOfAnotherUser(), ...(request.path ?? [])] });
  expect(run.summary, run.log).toContain(comparedWith(pull));
});

test('the agent with several repositories compares the one of the pull request, and names its files', async () => {
  const pull = await makePullRequest({ before: chart('app', 'a:1'), change: chart('app', 'a:2', 'b') });
  const work = await testFolder();
  await checkoutAt(work).git('init', '--quiet', join(work, 'self'));
  await checkOut(pull, pull.merge, 1, join(work, 'self'));
  const request = await requestFor(work, await variablesFor('azure', pull));
  const run = await runAsAzureTask({ ...request, inputs: { ...request.inputs, charts: 'self/charts/*' } });
  expect(run.summary, run.log).toContain(
    `Compared with \`main\` at \`${pull.base.slice(0, 7)}\`: 1 image moved, 1 added`,
  );
  const [issue] = run.commands.filter(({ name }) => name === 'task.logissue');
  expect(issue?.properties['sourcepath']).toBe(join(work, 'self/charts/app/templates/pod.yaml'));
});
