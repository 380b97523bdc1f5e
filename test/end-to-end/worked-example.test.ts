/**
 * The AOSM documentation's worked example from the one bundle on every host, with real helm, real registries, and crane
 * as the independent reader of what landed.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished } from 'vitest';
import { toolFolder, toolPath } from '../../scripts/tools.ts';
import { runInWorkflow } from '../support/act.ts';
import { runAsAzureTask } from '../support/azure-agent.ts';
import { contosoRepositories, contosoTag, copyContoso, fillWithContoso, storeTestApart } from '../support/contoso.ts';
import { type Distribution, startDistribution } from '../support/distribution.ts';
import { testFolder } from '../support/folder.ts';
import { runAsGitHubAction } from '../support/github-runner.ts';
import { type HostRun, nodes, type RunOnHost, temporaryFolderOf } from '../support/host-run.ts';
import { inTurn } from '../support/matrix.ts';
import { outputOf } from '../support/program.ts';
import { runInTerminal } from '../support/terminal.ts';

const hosts = [
  { host: 'a terminal', run: runInTerminal },
  { host: 'the GitHub runner', run: runAsGitHubAction },
  { host: 'a GitHub workflow', run: runInWorkflow },
  { host: 'the Azure agent', run: runAsAzureTask },
] satisfies readonly { readonly host: string; readonly run: RunOnHost }[];

/** Both ends of what is supported, each with the helm of its time. */
const processEnvironment = hosts.flatMap(({ host, run }) =>
  nodes.map(
    ({ name, node }) =>
      ({ name: `${host} with ${name}`, run, node, helm: name === 'Node 20' ? 'helm-3' : 'helm-4' }) as const,
  ),
);

/** The sources, each of which lives for all tests because nothing writes to it. */
let flat: Distribution;
let apart: Distribution;
let lacking: Distribution;

beforeAll(async () => {
  [flat, apart, lacking] = await Promise.all([startDistribution(), startDistribution(), startDistribution()]);
  await fillWithContoso(flat.url);
  await fillWithContoso(apart.url, { store: storeTestApart });
  await fillWithContoso(lacking.url, { store: (name) => (name === 'release/contoso-b' ? undefined : name) });
});

afterAll(async () => {
  await Promise.all([flat, apart, lacking].map(async (registry) => await registry?.stop()));
});

describe.each(inTurn(processEnvironment, 3))('on $name', ({ run, node, helm, test }) => {
  /** Runs the example with these sources and an empty target. */
  async function copied(sources: readonly string[]) {
    const target = await startDistribution();
    onTestFinished(async () => await target.stop());
    const work = await testFolder();
    const home = await testFolder();
    await copyContoso(work, sources);
    const report = join(home, 'report');
    const result = await run({
      node,
      work,
      home,
      path: [toolFolder(helm)],
      inputs: { 'input-file': 'cnf-input.jsonc', target: target.host, push: 'true', report },
    });
    // The form of images.json is the contract's.
    const images = JSON.parse(await readFile(join(report, 'images.json'), 'utf8')) as ImagesJson;
    if (run !== runInWorkflow) expect(await readdir(temporaryFolderOf({ home }))).toEqual([]);
    return { result, target, images };
  }

  test('with one source, all four images are found below it and copied', async () => {
    const { result, target, images } = await copied([flat.host]);
    expect(failureOf(result)).toBe('');
    expect(referencesOf(images)).toEqual([
      [`${flat.host}/release/contoso-a:1.0.0`, `${target.host}/release/contoso-a:1.0.0`],
      [`${flat.host}/release/contoso-b:1.0.0`, `${target.host}/release/contoso-b:1.0.0`],
      [`${flat.host}/release/contoso-c:1.0.0`, `${target.host}/release/contoso-c:1.0.0`],
      [`${flat.host}/test-release/contoso-test:1.0.0`, `${target.host}/test-release/contoso-test:1.0.0`],
    ]);
    await expectSameImages(flat.host, target.host, (repository) => repository);
    expectToldAsCopied(result, run);
  });

  test('with a second source for one of them, it is found there and lands without its namespace', async () => {
    const { result, target, images } = await copied([apart.host, `${apart.host}/test`]);
    expect(failureOf(result)).toBe('');
    expect(referencesOf(images)).toEqual([
      [`${apart.host}/release/contoso-a:1.0.0`, `${target.host}/release/contoso-a:1.0.0`],
      [`${apart.host}/release/contoso-b:1.0.0`, `${target.host}/release/contoso-b:1.0.0`],
      [`${apart.host}/release/contoso-c:1.0.0`, `${target.host}/release/contoso-c:1.0.0`],
      [`${apart.host}/test/test-release/contoso-test:1.0.0`, `${target.host}/test-release/contoso-test:1.0.0`],
    ]);
    await expectSameImages(apart.host, target.host, storeTestApart);
    expectToldAsCopied(result, run);
  });

  test('with one image missing, the run is red at the line that names it, and nothing is copied', async () => {
    const { result, target, images } = await copied([lacking.host]);
    expect(result.passed).toBe(false);
    if (run === runInTerminal || run === runAsGitHubAction) expect(result.code).toBe(1);
    const errors = result.annotations.filter(({ level }) => level === 'error');
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({ file: 'charts/contoso/templates/b.yaml', line: 28 });
    for (const told of [
      'repository/release/contoso-b:1.0.0',
      `${lacking.host}/release/contoso-b:1.0.0`,
      `${lacking.host}/repository/release/contoso-b:1.0.0`,
    ]) {
      expect(errors[0]?.message).toContain(told);
    }
    expect(images.images.map(({ status }) => status)).toEqual(['found', 'absent', 'found', 'found']);
    expect(await outputOf(toolPath('crane'), ['catalog', target.host])).toBe('');
  });
});

interface ImagesJson {
  readonly images: readonly {
    readonly image: string;
    readonly status: string;
    readonly source: string;
    readonly target: string;
    readonly outcome: string;
  }[];
}

/** What went wrong in a run that should have passed, for the reader of a failed test. */
function failureOf(result: HostRun): string {
  return result.passed ? '' : result.log;
}

/** Source and target of each image, in the order of the chart. */
function referencesOf({ images }: ImagesJson) {
  return images.map(({ source, target }) => [source, target]);
}

/** crane reads both registries: the same digest, the same bytes, and every blob in place and whole. */
async function expectSameImages(
  source: string,
  target: string,
  storedAt: (repository: (typeof contosoRepositories)[number]) => string,
): Promise<void> {
  const crane = toolPath('crane');
  expect((await outputOf(crane, ['catalog', target])).split('\n').sort()).toEqual([...contosoRepositories].sort());
  for (const repository of contosoRepositories) {
    const from = `${source}/${storedAt(repository)}:${contosoTag}`;
    const to = `${target}/${repository}:${contosoTag}`;
    expect(await outputOf(crane, ['digest', to])).toBe(await outputOf(crane, ['digest', from]));
    expect(await outputOf(crane, ['manifest', to])).toBe(await outputOf(crane, ['manifest', from]));
    // crane takes attestations for images with file systems and cannot validate them, nor an index that holds them.
    if (repository !== 'release/contoso-a') await outputOf(crane, ['validate', '--remote', to]);
    else await outputOf(crane, ['validate', '--remote', to, '--platform', 'linux/arm64/v8']);
  }
}

function expectToldAsCopied(result: HostRun, run: RunOnHost): void {
  expect(result.annotations.filter(({ level }) => level !== 'notice')).toEqual([]);
  for (const repository of contosoRepositories) expect(result.summary).toContain(`${repository}:${contosoTag}`);
  if (run === runInTerminal) return;
  expect(result.outputs).toMatchObject({
    'image-count': '4',
    'unresolved-count': '0',
    'copied-count': '4',
    unresolved: '[]',
  });
  expect(JSON.parse(result.outputs['images'] ?? '')).toHaveLength(4);
}
