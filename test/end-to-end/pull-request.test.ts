/** A pull request in a real git repository, checked against its base and against a lock file, on every host. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { toolFolder, toolPath } from '../../scripts/tools.ts';
import { runInWorkflow } from '../support/act.ts';
import { runAsAzureTask } from '../support/azure-agent.ts';
import { type Checkout, checkoutAt, cloneShallow, makeRepository } from '../support/checkout.ts';
import { type Distribution, startDistribution } from '../support/distribution.ts';
import { testFolder } from '../support/folder.ts';
import { runAsGitHubAction } from '../support/github-runner.ts';
import type { HostRequest, HostRun } from '../support/host-run.ts';
import { makeImage, pushImage } from '../support/images.ts';
import { inTurn } from '../support/matrix.ts';
import { podChart } from '../support/pod-chart.ts';
import { outputOf } from '../support/program.ts';
import { runInTerminal } from '../support/terminal.ts';

const shared = new Uint8Array(50_000).fill(7);
const first = await makeImage({ seed: 'first', layers: [shared, 1_000] });
const second = await makeImage({ seed: 'second', layers: [shared, 2_000] });

let registry: Distribution;
beforeAll(async () => {
  registry = await startDistribution();
  await pushImage(registry.url, 'team/web', '1.0.0', first);
  await pushImage(registry.url, 'team/web', '1.1.0', second);
  await pushImage(registry.url, 'team/sidecar', '1.0.0', first);
});
afterAll(() => registry?.stop());

/** The base names an image that nobody has; the branch `change` adds what is told. */
async function pullRequest(...now: readonly string[]): Promise<{ readonly checkout: Checkout; readonly base: string }> {
  const checkout = await makeRepository();
  const base = await checkout.commit(podChart('team/web:1.0.0', 'team/gone:1.0.0', 'team/sidecar:1.0.0'));
  await checkout.git('switch', '--quiet', '--create', 'change');
  await checkout.commit(podChart(...now));
  return { checkout, base };
}

async function requestIn(work: string, inputs: HostRequest['inputs'], env: Record<string, string> = {}) {
  const home = await testFolder();
  const report = join(home, 'report');
  const sources = { charts: 'charts/app', 'image-sources': registry.host, report };
  const request = {
    node: process.execPath,
    work,
    home,
    path: [toolFolder('helm-4')],
    inputs: { ...sources, ...inputs },
    env,
  };
  return { request, json: async () => JSON.parse(await readFile(join(report, 'images.json'), 'utf8')) };
}

function errorsOf({ annotations }: HostRun): readonly string[] {
  return annotations.filter(({ level }) => level === 'error').map(({ file, line }) => `${file}:${line}`);
}

test('what a change adds, removes and moves is reported, with what a mirror would have to copy', async () => {
  const { checkout } = await pullRequest('team/web:1.1.0', 'team/gone:1.0.0', 'team/web:1.0.0', 'team/new:1.0.0');
  const { request, json } = await requestIn(checkout.folder, { 'base-ref': 'main', 'fail-on': 'none' });
  const run = await runInTerminal(request);
  expect(run.code, run.log).toBe(0);
  expect((await json()).delta).toMatchObject({
    base: 'main',
    added: [{ image: 'team/web:1.1.0', charts: ['app'] }, { image: 'team/new:1.0.0' }],
    removed: [{ image: 'team/sidecar:1.0.0', charts: ['app'] }],
    moved: [],
  });
});

test('an image that moves to another tag costs a mirror what its old content has not', async () => {
  const { checkout } = await pullRequest('team/web:1.1.0');
  const { request, json } = await requestIn(checkout.folder, { 'base-ref': 'main' });
  const run = await runInTerminal(request);
  expect(run.code, run.log).toBe(0);
  const { delta } = await json();
  expect(delta.moved).toMatchObject([{ image: 'team/web', from: 'team/web:1.0.0', to: 'team/web:1.1.0' }]);
  const own = second.blobs.filter(({ bytes }) => bytes !== shared && bytes.length !== shared.length);
  expect(delta.bytes).toBe(own.reduce((sum, { bytes }) => sum + bytes.length, second.bytes.length));
});

describe('with fail-on-new', () => {
  const hosts = [
    {
      host: 'a terminal',
      run: (request: HostRequest) => runInTerminal({ ...request, inputs: { ...request.inputs, 'base-ref': 'main' } }),
    },
    {
      host: 'the GitHub runner',
      run: async (request: HostRequest) => runAsGitHubAction({ ...request, env: { GITHUB_BASE_REF: 'main' } }),
    },
    {
      host: 'a GitHub workflow',
      run: async (request: HostRequest, base: string) =>
        runInWorkflow(request, {
          name: 'pull_request',
          payload: { pull_request: { base: { sha: base, ref: 'main' }, head: { ref: 'change' } } },
        }),
    },
    {
      host: 'the Azure agent',
      run: async (request: HostRequest) =>
        runAsAzureTask({ ...request, env: { SYSTEM_PULLREQUEST_TARGETBRANCH: 'refs/heads/main' } }),
    },
  ] as const;

  describe.each(inTurn(hosts, 2))('on $host', ({ run, test }) => {
    test('what was wrong before does not fail the run', async () => {
      const { checkout, base } = await pullRequest('team/web:1.1.0', 'team/gone:1.0.0');
      const { request } = await requestIn(checkout.folder, { 'fail-on-new': 'true' });
      const result = await run(request, base);
      expect([result.passed, errorsOf(result)], result.log).toEqual([true, []]);
      expect(result.annotations.map(({ level }) => level)).toContain('warning');
    });

    test('what the change brings does, at its line', async () => {
      const { checkout, base } = await pullRequest('team/web:1.1.0', 'team/gone:1.0.0', 'team/new:1.0.0');
      const { request } = await requestIn(checkout.folder, { 'fail-on-new': 'true' });
      const result = await run(request, base);
      expect([result.passed, errorsOf(result)], result.log).toEqual([false, ['charts/app/templates/pod.yaml:8']]);
    });
  });

  test('a checkout of one commit fetches the base', async () => {
    const { checkout } = await pullRequest('team/web:1.1.0', 'team/gone:1.0.0');
    const shallow = await cloneShallow(checkout, 'change');
    const { request, json } = await requestIn(shallow.folder, { 'fail-on-new': 'true' }, { GITHUB_BASE_REF: 'main' });
    const run = await runAsGitHubAction(request);
    expect(run.passed, run.log).toBe(true);
    expect((await json()).delta.moved).toHaveLength(1);
  });

  test('a checkout that cannot fetch the base says what to set, and everything counts as new', async () => {
    const { checkout } = await pullRequest('team/web:1.1.0', 'team/gone:1.0.0');
    const shallow = await cloneShallow(checkout, 'change');
    await shallow.git('remote', 'remove', 'origin');
    const { request } = await requestIn(shallow.folder, { 'fail-on-new': 'true' }, { GITHUB_BASE_REF: 'main' });
    const run = await runAsGitHubAction(request);
    expect([run.passed, errorsOf(run)], run.log).toEqual([false, ['charts/app/templates/pod.yaml:7']]);
    expect(run.log).toContain('fetch-depth: 0');
  });

  test('a chart that the base does not have is new as a whole', async () => {
    const repository = await makeRepository();
    await repository.commit({ 'README.md': 'nothing yet' });
    await repository.git('switch', '--quiet', '--create', 'change');
    await repository.commit(podChart('team/gone:1.0.0'));
    const { request, json } = await requestIn(repository.folder, { 'fail-on-new': 'true', 'base-ref': 'main' });
    const run = await runInTerminal(request);
    expect(run.code, run.log).toBe(1);
    expect((await json()).delta.added).toMatchObject([{ image: 'team/gone:1.0.0' }]);
  });
});

test('a chart that does not render in the base is reported, and what is wrong with it counts as new', async () => {
  const repository = await makeRepository();
  const broken = podChart('team/gone:1.0.0');
  await repository.commit({ ...broken, 'charts/app/templates/broken.yaml': '{{ fail "not today" }}\n' });
  await repository.git('switch', '--quiet', '--create', 'change');
  await repository.commit({ 'charts/app/templates/broken.yaml': '' });
  const { request } = await requestIn(repository.folder, { 'fail-on-new': 'true', 'base-ref': 'main' });
  const run = await runInTerminal(request);
  expect(run.code, run.log).toBe(1);
  expect(run.log).toMatch(/Cannot render a chart of the base: .*charts\/app.* Its findings count as new\./);
});

test('charts that do not render end the run, whatever their base would take', async () => {
  const { checkout } = await pullRequest('team/web:1.1.0');
  const folder = await testFolder();
  // The charts fail as soon as the base has begun, which does not end by itself.
  const helm = [
    '#!/bin/sh',
    'case "$*" in',
    '  version*) echo v4.2.4 ;;',
    `  */files/charts/*) touch '${folder}/begun'; exec sleep 600 ;;`,
    `  *) until [ -e '${folder}/begun' ]; do sleep 0.05; done; echo 'Error: not today' >&2; exit 1 ;;`,
    'esac',
  ];
  await writeFile(join(folder, 'helm'), `${helm.join('\n')}\n`, { mode: 0o755 });
  const { request } = await requestIn(checkout.folder, { 'base-ref': 'main' });
  const run = await runInTerminal({ ...request, path: [folder] });
  expect(run.code, run.log).toBe(2);
  expect(run.log).toContain('not today');
  expect(run.log).not.toContain('interrupted');
});

test('a base-ref that does not exist ends the run with what to check', async () => {
  const { checkout } = await pullRequest('team/web:1.1.0');
  const { request } = await requestIn(checkout.folder, { 'base-ref': 'mian' });
  const run = await runInTerminal(request);
  expect(run.code).toBe(2);
  expect(run.log).toContain('Cannot fetch the base mian, which is not in this checkout');
});

describe('a lock file', () => {
  /** A registry in which `team/app:1` moves from the first image to the second after the lock was written. */
  async function afterTheMove() {
    const [source, target] = await Promise.all([startDistribution(), startDistribution()]);
    onTestFinished(async () => {
      await Promise.all([source.stop(), target.stop()]);
    });
    await pushImage(source.url, 'team/app', '1', first);
    const work = await testFolder();
    await mkdir(join(work, 'charts'));
    const checkout = checkoutAt(work);
    await checkout.git('init', '--quiet', '--initial-branch=main');
    await checkout.commit(podChart('team/app:1'));
    const look = async (inputs: HostRequest['inputs']) =>
      runInTerminal(
        (await requestIn(work, { 'image-sources': source.host, 'lock-file': 'images.lock.json', ...inputs })).request,
      );
    const written = await look({});
    expect(written.passed, written.log).toBe(true);
    await pushImage(source.url, 'team/app', '1', second);
    return { work, target, look };
  }

  test('is written once and holds the digest that was seen', async () => {
    const { work, look } = await afterTheMove();
    const text = await readFile(join(work, 'images.lock.json'), 'utf8');
    expect(JSON.parse(text).images['team/app:1'].digest).toBe(first.digest);
    const again = await look({});
    expect(again.passed, again.log).toBe(true);
    expect(again.annotations.map(({ title }) => title)).toEqual(['chart-images: drift']);
    expect(await readFile(join(work, 'images.lock.json'), 'utf8')).toBe(text);
  });

  test('makes push copy what is locked', async () => {
    const { target, look } = await afterTheMove();
    const run = await look({ push: 'true', target: target.host });
    expect(run.passed, run.log).toBe(true);
    expect(await outputOf(toolPath('crane'), ['digest', `${target.host}/team/app:1`])).toBe(first.digest);
  });

  test('fails a frozen run that would leave it', async () => {
    const { look } = await afterTheMove();
    const result = await look({ frozen: 'true' });
    expect([result.passed, errorsOf(result)], result.log).toEqual([false, ['charts/app/templates/pod.yaml:6']]);
  });
});
