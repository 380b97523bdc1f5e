/** A stranger's chart names hosts of the runner's network and files of the runner: none is asked, none is read. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { toolFolder } from '../../scripts/tools.ts';
import { runAsAzureTask } from '../support/azure-agent.ts';
import { podChart, writeFiles } from '../support/chart.ts';
import { startFileServer } from '../support/file-server.ts';
import { testFolder } from '../support/folder.ts';
import { runAsGitHubAction } from '../support/github-runner.ts';
import type { HostRun, RunOnHost } from '../support/host-run.ts';
import { runInTerminal } from '../support/terminal.ts';

const hosts = [
  { host: 'the GitHub runner', run: runAsGitHubAction },
  { host: 'the Azure agent', run: runAsAzureTask },
  { host: 'a terminal', run: runInTerminal },
] as const;

const helms = ['helm-3', 'helm-4'] as const;

/** Runs the charts of a stranger, beside a server in the network of the runner. */
async function withServer(
  run: RunOnHost,
  helm: (typeof helms)[number],
  charts: (url: string, secret: string) => Readonly<Record<string, Readonly<Record<string, string>>>>,
): Promise<{ readonly run: HostRun; readonly requests: readonly string[] }> {
  const server = await startFileServer({
    files: (url) => ({
      '/schema.json': '{"properties":{"image":{"type":"number"}}}',
      '/index.yaml': `apiVersion: v1\nentries:\n  sub:\n  - { name: sub, version: 1.0.0, urls: ["${url}/sub.tgz"] }\n`,
    }),
  });
  const [work, home] = [await testFolder(), await testFolder()];
  const secret = join(home, 'secret.json');
  await writeFile(secret, '{"properties":{"image":{"type":"number"}}}');
  for (const [name, files] of Object.entries(charts(server.url, secret))) await writeFiles(join(work, name), files);
  const inputs = { charts: '*', resolve: 'false' };
  const request = { node: process.execPath, work, home, path: [toolFolder(helm)], inputs };
  return { run: await run(request), requests: server.requests };
}

for (const { host, run: runOn } of hosts) {
  test.each(helms)(`on ${host} a schema sends %s to no host and to no file, and the images are found`, async (helm) => {
    const { run, requests } = await withServer(runOn, helm, (url, secret) => ({
      host: podChart('there/is:host', {
        'values.yaml': 'image: web',
        'values.schema.json': JSON.stringify({ $ref: `${url}/schema.json` }),
      }),
      file: podChart('there/is:file', {
        'values.yaml': 'image: web',
        'values.schema.json': JSON.stringify({ $ref: `file://${secret}` }),
      }),
    }));
    expect(run.passed).toBe(true);
    expect(requests).toEqual([]);
    expect(run.log).toContain('without validating its values');
    expect(run.summary).toContain('there/is:host');
    expect(run.summary).toContain('there/is:file');
  });

  test.each(helms)(`on ${host} a dependency sends %s to no host that only Chart.yaml names`, async (helm) => {
    const chart = (address: string) =>
      podChart('there/is:none', {
        'Chart.yaml': `apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n- { name: sub, version: 1.0.0, repository: "${address}" }\n`,
      });
    const { run, requests } = await withServer(runOn, helm, (url) => ({
      repository: chart(url),
      registry: chart(url.replace('http:', 'oci:')),
    }));
    expect(run.passed).toBe(false);
    expect(requests).toEqual([]);
    expect(run.log).toContain('is in the network of this run');
  });
}
