/**
 * The first workflows that a new user pastes, run by act. What is changed is named here: the action is this one, and
 * the registry of the image has its public name behind a proxy on loopback.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { startDemoRegistry } from '../../scripts/demo-registry.ts';
import { toolFolder } from '../../scripts/tools.ts';
import { startStandIn } from '../azure/fake-server.ts';
import { runWorkflow } from '../support/act.ts';
import { podChart, writeFiles } from '../support/chart.ts';
import { testFolder } from '../support/folder.ts';
import { makeImage, pushImage } from '../support/images.ts';
import { chart, checkOut, makePullRequest } from '../support/pull-request.ts';
import { root } from '../support/root.ts';

const pages = ['README.md', 'docs/getting-started/github-actions.md'] as const;
const reference = 'ghcr.io/contoso/web:1';

/** The first block of the page that is a whole workflow. */
async function workflowOf(page: string): Promise<string> {
  const text = await readFile(join(root, page), 'utf8');
  const [, workflow] = /^```yaml\n(name: [\s\S]*?)^```$/m.exec(text) ?? [];
  if (workflow === undefined) throw new Error(`${page} has no workflow`);
  return workflow;
}

async function runPasted(page: string, published: readonly string[]) {
  const [work, home] = [await testFolder(), await testFolder()];
  const standIn = await startStandIn({ openStore: startDemoRegistry });
  onTestFinished(() => standIn.stop());
  const { store } = await standIn.addRegistry('ghcr', { loginServer: 'ghcr.io', anonymousPull: true });
  for (const tag of published) await pushImage(store.url, 'contoso/web', tag, await makeImage());
  await writeFiles(join(work, 'charts', 'web'), podChart(reference));
  const workflow = (await workflowOf(page)).replace(/uses: chart-images\/chart-images@\S+/, 'uses: ./');
  const env = { HTTPS_PROXY: standIn.proxy, NODE_EXTRA_CA_CERTS: standIn.caFile };
  const request = { node: process.execPath, work, home, path: [toolFolder('helm-4')], env };
  const payload = { pull_request: { head: { repo: { fork: false } } } };
  return await runWorkflow(request, parse(workflow), { name: 'pull_request', payload });
}

describe.each(pages)('the workflow of %s, pasted as it is', (page) => {
  test('passes a chart whose public image exists, without any login', async () => {
    const run = await runPasted(page, ['1']);
    expect(run.passed ? '' : run.log).toBe('');
    expect(run.annotations).toEqual([]);
  });

  test('fails a chart whose image does not exist, at the line that names it', async () => {
    const run = await runPasted(page, ['2']);
    expect(run.passed, run.log).toBe(false);
    expect(run.annotations).toMatchObject([
      { level: 'error', title: 'chart-images: absent', file: 'charts/web/templates/pod.yaml', line: 11 },
    ]);
  });
});

test('the workflow of the README with fail-on-new of the guide fails a pull request only for what it adds', async () => {
  const guide = await readFile(join(root, 'docs/guides/pull-requests.md'), 'utf8');
  const [, inputs = ''] = /^```yaml\n\s+with:\n(.*?)^```/ms.exec(guide) ?? [];
  const pull = await makePullRequest({
    before: chart('old', 'ghcr.io/contoso/gone:1'),
    change: chart('web', reference, 'ghcr.io/contoso/missing:1'),
    others: chart('other', 'ghcr.io/contoso/gone:2'),
  });
  const { folder: work } = await checkOut(pull, pull.merge, 2);
  const home = await testFolder();
  const standIn = await startStandIn({ openStore: startDemoRegistry });
  onTestFinished(() => standIn.stop());
  const { store } = await standIn.addRegistry('ghcr', { loginServer: 'ghcr.io', anonymousPull: true });
  await pushImage(store.url, 'contoso/web', '1', await makeImage());
  const workflow = parse(await workflowOf('README.md'));
  const step = workflow.jobs.images.steps.at(-1);
  Object.assign(step, { uses: './', with: parse(inputs) });
  expect(step.with).toEqual({ charts: 'charts/*', 'fail-on-new': true });
  const env = { HTTPS_PROXY: standIn.proxy, NODE_EXTRA_CA_CERTS: standIn.caFile };
  const request = { node: process.execPath, work, home, path: [toolFolder('helm-4')], env };
  const { opened, head } = pull;
  const pullRequest = { number: 1, base: { sha: opened, ref: 'main' }, head: { sha: head, ref: 'change' } };
  const run = await runWorkflow(request, workflow, {
    name: 'pull_request',
    payload: { number: 1, pull_request: pullRequest },
  });
  const failing = run.annotations.filter(({ level }) => level === 'error');
  expect(failing, run.log).toMatchObject([{ title: 'chart-images: absent', file: 'charts/web/templates/pod.yaml' }]);
  expect([run.passed, run.annotations.length]).toEqual([false, 3]);
});
