/** A pull request that would change what it is judged by: real git, real helm, the bundle on every host. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toolFolder } from '../../scripts/tools.ts';
import { runAsAzureTask } from '../support/azure-agent.ts';
import { type Change, type Checkout, cloneShallow, makeRepository } from '../support/checkout.ts';
import { type Distribution, startDistribution } from '../support/distribution.ts';
import { testFolder } from '../support/folder.ts';
import { runAsGitHubAction } from '../support/github-runner.ts';
import type { HostRequest, HostRun, RunOnHost } from '../support/host-run.ts';
import { makeImage, pushImage } from '../support/images.ts';
import { inTurn } from '../support/matrix.ts';
import { podChart } from '../support/pod-chart.ts';
import { runInTerminal } from '../support/terminal.ts';

let registry: Distribution;
beforeAll(async () => {
  registry = await startDistribution();
  await pushImage(registry.url, 'team/web', '1.0.0', await makeImage({ seed: 'web', layers: [1_000] }));
});
afterAll(() => registry?.stop());

const hosts: readonly { readonly host: string; readonly run: RunOnHost }[] = [
  {
    host: 'GitHub',
    run: async (request) => runAsGitHubAction({ ...request, env: { GITHUB_BASE_REF: 'main', ...request.env } }),
  },
  {
    host: 'Azure Pipelines',
    run: async (request) =>
      runAsAzureTask({
        ...request,
        env: { SYSTEM_PULLREQUEST_TARGETBRANCH: 'refs/heads/main', ...request.env },
      }),
  },
  {
    host: 'a terminal',
    run: async (request) => runInTerminal({ ...request, inputs: { 'base-ref': 'main', ...request.inputs } }),
  },
];

const rules = (...lines: readonly string[]) => ({ 'chart-images.yaml': `${lines.join('\n')}\n` });

/** The branch `main`, and the branch `change` as it is checked out, which names an image that no source has. */
async function pullRequest(main: Change, change: Change): Promise<Checkout> {
  const checkout = await makeRepository();
  await checkout.commit({ ...podChart('team/web:1.0.0'), ...main });
  await checkout.git('switch', '--quiet', '--create', 'change');
  await checkout.commit({ ...podChart('team/web:1.0.0', 'team/gone:1.0.0'), ...change });
  return checkout;
}

async function requestIn(
  { folder }: Checkout,
  inputs: HostRequest['inputs'] = {},
  env: Record<string, string> = {},
): Promise<HostRequest & { readonly json: () => Promise<{ findings: { code: string; message: string }[] }> }> {
  const home = await testFolder();
  const report = join(home, 'report');
  return {
    node: process.execPath,
    work: folder,
    home,
    path: [toolFolder('helm-4')],
    inputs: { charts: 'charts/app', report, ...inputs },
    env,
    json: async () => JSON.parse(await readFile(join(report, 'images.json'), 'utf8')),
  };
}

const sources = () => `image-sources: ["${registry.host}"]`;

/** Findings about rules, as the report has them. */
async function changesIn({ json }: { json: () => Promise<{ findings: { code: string; message: string }[] }> }) {
  const { findings } = await json();
  return findings.filter(({ code }) => code === 'policy-changed' || code === 'no-base').map(({ message }) => message);
}

/** Codes of what is annotated, worst first as it comes. */
function told({ annotations }: HostRun): readonly string[] {
  return annotations.map(({ level, file, line }) => `${level} ${file}${line === undefined ? '' : `:${line}`}`);
}

describe.each(inTurn(hosts))('a pull request on $host', ({ host, run, test }) => {
  test('that sets fail-on: none fails by the rules of main, and the summary begins with that', async () => {
    const checkout = await pullRequest(
      rules(sources(), 'fail-on: [absent]'),
      rules(sources(), '# a line above', 'fail-on: none'),
    );
    const request = await requestIn(checkout);
    const result = await run(request);
    expect(result.passed, result.log).toBe(false);
    expect(told(result)).toEqual(['error charts/app/templates/pod.yaml:7', 'warning chart-images.yaml:3']);
    expect(await changesIn(request)).toEqual([
      'This change sets fail-on: none (main: absent); the rules of main were used.',
    ]);
    if (host === 'a terminal') return;
    const [, first = ''] = result.summary.split('\n').filter((line) => line !== '');
    expect(first).toContain('This change sets fail-on: none');
  });

  test('that ignores everything ignores nothing', async () => {
    const checkout = await pullRequest(
      rules(sources()),
      rules(sources(), 'ignore: [{ image: "**", reason: nothing to see }]'),
    );
    const request = await requestIn(checkout);
    const result = await run(request);
    expect(result.passed, result.log).toBe(false);
    expect(await changesIn(request)).toEqual([
      'This change adds 1 entry to ignore (image **); the rules of main were used.',
    ]);
  });

  test('does not win over an input that writes the default', async () => {
    const checkout = await pullRequest(
      rules(sources(), 'fail-on: none'),
      rules(sources(), 'fail-on: none', 'platforms: all'),
    );
    const request = await requestIn(checkout, { 'fail-on': 'absent, unknown, conflict' });
    const result = await run(request);
    expect(result.passed, result.log).toBe(false);
  });

  test('that adds the file is judged by the defaults', async () => {
    const checkout = await pullRequest({}, rules('fail-on: none'));
    const request = await requestIn(checkout, { 'image-sources': registry.host });
    const result = await run(request);
    expect(result.passed, result.log).toBe(false);
    expect(await changesIn(request)).toEqual([
      'This change sets fail-on: none; main has no chart-images.yaml, so the defaults were used.',
    ]);
  });

  test('that takes the file away is judged by it', async () => {
    const checkout = await pullRequest(rules(sources(), 'require: ["**/needed"]'), {
      'chart-images.yaml': undefined,
      ...podChart('team/web:1.0.0'),
    });
    const request = await requestIn(checkout);
    const result = await run(request);
    expect(result.passed, result.log).toBe(false);
    expect(await changesIn(request)).toEqual([
      `This change removes image-sources: ${registry.host}; the rules of main were used.`,
      'This change removes 1 entry from require (**/needed); the rules of main were used.',
    ]);
  });

  test('whose base cannot be read says that its own rules were used', async () => {
    const whole = await pullRequest(rules(sources(), 'fail-on: [absent]'), rules(sources(), 'fail-on: none'));
    const checkout = await cloneShallow(whole, 'change');
    await checkout.git('remote', 'set-url', 'origin', 'file:///nonexistent');
    const request = await requestIn(checkout);
    const result = await run(request);
    if (host === 'a terminal') {
      // There the user names the base, so that it has to be there.
      expect(result.passed, result.log).toBe(false);
      return;
    }
    expect(result.passed, result.log).toBe(true);
    expect(result.summary).toContain('The rules of this change were used');
    expect(result.log).toContain('fetch-depth: 0');
  });

  test('whose base is called as an option of git starts nothing', async () => {
    const whole = await pullRequest(rules(sources()), rules(sources()));
    const checkout = await cloneShallow(whole, 'change');
    const traces = await testFolder();
    const name = `--upload-pack=touch '${traces}/started';`;
    const result = await run(
      await requestIn(checkout, host === 'a terminal' ? { 'base-ref': name } : {}, {
        GITHUB_BASE_REF: name,
        SYSTEM_PULLREQUEST_TARGETBRANCH: name,
      }),
    );
    expect(await readdir(traces)).toEqual([]);
    expect(result.passed, result.log).toBe(false);
    expect(result.log).toContain('it begins with "-"');
  });
});

test('config: none leaves only what the inputs say', async () => {
  const checkout = await pullRequest(rules(sources(), 'fail-on: none'), rules(sources(), 'fail-on: none'));
  const request = await requestIn(checkout, { config: 'none', 'image-sources': registry.host, 'base-ref': 'main' });
  const result = await runInTerminal(request);
  expect(result.code, result.log).toBe(1);
});
