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
