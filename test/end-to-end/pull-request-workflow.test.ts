/**
 * What a team sees that has the action in its workflow: a real git repository with two branches, real registries, and
 * each workflow run by act. Steps of one workflow share its checkout, as on GitHub.
 */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { toolFolder, toolPath } from '../../scripts/tools.ts';
import { runSteps, type WorkflowEvent, type WorkflowStep } from '../support/act.ts';
import { type Checkout, cloneShallow, makeRepository } from '../support/checkout.ts';
import { type Distribution, startDistribution } from '../support/distribution.ts';
import { testFolder } from '../support/folder.ts';
import type { HostRequest, HostRun } from '../support/host-run.ts';
import { makeImage, pushImage, type TestImage } from '../support/images.ts';
import { podChart, podTemplate } from '../support/pod-chart.ts';
import { outputOf } from '../support/program.ts';

const shared = new Uint8Array(50_000).fill(7);
const first = await makeImage({ seed: 'first', layers: [shared, 1_000] });
const second = await makeImage({ seed: 'second', layers: [shared, 2_000] });
const third = await makeImage({ seed: 'third', layers: [shared, 3_000] });

let registry: Distribution;
beforeAll(async () => {
  registry = await startDistribution();
  await pushImage(registry.url, 'team/web', '1.0.0', first);
  await pushImage(registry.url, 'team/web', '1.1.0', second);
  await pushImage(registry.url, 'team/app', '1', first);
  await pushImage(registry.url, 'team/app', 'rebuilt', second);
  await pushImage(registry.url, 'team/sidecar', '1.0.0', first);
  await pushImage(registry.url, 'team/extra', '1.0.0', third);
});
afterAll(() => registry?.stop());

/** Of the branch `main`, and the branch `change` as it is checked out. */
async function pullRequest(main: readonly string[], change: readonly string[]) {
  const checkout = await makeRepository();
  const base = await checkout.commit(podChart(...main));
  await checkout.git('switch', '--quiet', '--create', 'change');
  await checkout.commit(podChart(...change));
  const pull = { base: { sha: base, ref: 'main' }, head: { ref: 'change' } };
  const event: WorkflowEvent = { name: 'pull_request', payload: { pull_request: pull } };
  return { checkout, event, base };
}

function check(id: string, inputs: HostRequest['inputs'] = {}): WorkflowStep {
  return { id, inputs: { charts: 'charts/app', 'image-sources': registry.host, ...inputs } };
}

async function runIn({ folder }: Checkout, steps: readonly WorkflowStep[], event: WorkflowEvent) {
  const home = await testFolder();
  const setting = { node: process.execPath, work: folder, home, path: [toolFolder('helm-4')] };
  const runs = await runSteps(setting, steps, event);
  return (id: string): HostRun => {
    const run = runs.get(id);
    if (run === undefined) throw new Error(`no step ${id}`);
    return run;
  };
}

/** The report, by the way that the output `report` tells. */
async function reportOf({ outputs, log }: HostRun) {
  expect(outputs, log).toHaveProperty('report');
  return JSON.parse(await readFile(outputs['report'] ?? '', 'utf8'));
}

function told({ annotations }: HostRun): readonly string[] {
  return annotations.map(
    ({ level, title, file, line }) => `${level} ${title.replace('chart-images: ', '')} ${file}:${line}`,
  );
}

/** Bytes that an image has besides the layer that all images share. */
function ownBytes({ blobs, bytes }: TestImage): number {
  const own = blobs.filter((blob) => blob.bytes.length !== shared.length);
  return own.reduce((sum, blob) => sum + blob.bytes.length, bytes.length);
}

test('a pull request shows what it adds, removes and moves, and how many bytes a mirror would have to copy', async () => {
  const { checkout, event, base } = await pullRequest(
    ['team/web:1.0.0', 'team/sidecar:1.0.0'],
    ['team/web:1.1.0', 'team/extra:1.0.0'],
  );
  const run = (await runIn(checkout, [check('delta', { report: await testFolder() })], event))('delta');
  expect(run.passed, run.log).toBe(true);
  const { delta } = await reportOf(run);
  expect(delta).toMatchObject({
    base: 'main',
    added: [{ image: 'team/extra:1.0.0', charts: ['app'], bytes: ownBytes(third) }],
    removed: [{ image: 'team/sidecar:1.0.0', charts: ['app'] }],
    moved: [{ image: 'team/web', from: 'team/web:1.0.0', to: 'team/web:1.1.0', bytes: ownBytes(second) }],
    bytes: ownBytes(second) + ownBytes(third),
  });
  const head = `Compared with \`main\` at \`${base.slice(0, 7)}\`: 1 image moved, 1 added, 1 removed; 7.0 kB to copy to a mirror`;
  expect(run.summary).toContain(head);
  expect(run.summary).toMatch(/🔁 moved \| `team\/web:1\.0\.0` \| `team\/web:1\.1\.0` \|/);
});

test('a lock file is written once, reports a tag that moved, and makes a push copy what it holds', async () => {
  const target = await startDistribution();
  onTestFinished(async () => await target.stop());
  const { checkout, event } = await pullRequest(['team/web:1.0.0'], ['team/app:1']);
  const locked = { 'lock-file': 'images.lock.json' };
  const moveTag = `"${toolPath('crane')}" tag --insecure "${registry.host}/team/app:rebuilt" 1`;
  const addImage = `echo '    - { name: c1, image: "team/sidecar:1.0.0" }' >> ${podTemplate}`;
  const step = await runIn(
    checkout,
    [
      check('written', locked),
      { id: 'lock', run: 'cat images.lock.json && cp images.lock.json "$RUNNER_TEMP"' },
      check('used', { ...locked, frozen: 'true' }),
      { id: 'moved', run: moveTag },
      check('drift', locked),
      check('failing', { ...locked, 'fail-on': 'drift' }),
      check('push', { ...locked, push: 'true', target: target.host }),
      { id: 'added', run: addImage },
      check('frozen', { ...locked, frozen: 'true' }),
      { id: 'kept', run: 'cmp images.lock.json "$RUNNER_TEMP/images.lock.json"' },
    ],
    event,
  );
  expect([step('written').passed, told(step('written'))], step('written').log).toEqual([true, []]);
  expect(step('written').outputs['lock-file']).toMatch(/images\.lock\.json$/);
  expect(step('lock').log).toContain(`"digest": "${first.digest}"`);
  expect([step('used').passed, told(step('used'))], step('used').log).toEqual([true, []]);
  expect(step('moved').passed, step('moved').log).toBe(true);
  const place = `${podTemplate}:6`;
  expect([step('drift').passed, told(step('drift'))]).toEqual([true, [`warning drift ${place}`]]);
  expect([step('failing').passed, told(step('failing'))]).toEqual([false, [`error drift ${place}`]]);
  expect(step('push').passed, step('push').log).toBe(true);
  expect(step('push').outputs['copied-count']).toBe('1');
  expect(await outputOf(toolPath('crane'), ['digest', `${target.host}/team/app:1`])).toBe(first.digest);
  expect([step('frozen').passed, told(step('frozen'))]).toEqual([
    false,
    [`error drift ${place}`, `error drift ${podTemplate}:7`],
  ]);
  expect(step('kept').passed, step('kept').log).toBe(true);
});

describe('a checkout of one commit', () => {
  test('fetches the base, or says what to set where it cannot', async () => {
    const { checkout, event } = await pullRequest(
      ['team/web:1.0.0', 'team/gone:1.0.0'],
      ['team/web:1.1.0', 'team/gone:1.0.0'],
    );
    const shallow = await cloneShallow(checkout, 'change');
    const asked = { 'fail-on-new': 'true', report: await testFolder() };
    const step = await runIn(
      shallow,
      [
        { id: 'cut', run: 'git remote set-url origin file:///nonexistent' },
        check('alone', asked),
        { id: 'joined', run: `git remote set-url origin "file://${checkout.folder}"` },
        check('fetched', asked),
      ],
      event,
    );
    expect([step('alone').passed, told(step('alone'))], step('alone').log).toEqual([
      false,
      [`error absent ${podTemplate}:7`, 'warning no-base undefined:undefined'],
    ]);
    expect(step('alone').log).toContain('fetch-depth: 0');
    expect([step('fetched').passed, told(step('fetched'))], step('fetched').log).toEqual([
      true,
      [`warning absent ${podTemplate}:7`],
    ]);
    expect((await reportOf(step('fetched'))).delta.moved).toHaveLength(1);
  });
});
