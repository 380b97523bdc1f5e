/** Charts are written by strangers: whatever one says, it says to the reader and never to the runner. */
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startDemoRegistry } from '../../scripts/demo-registry.ts';
import { toolFolder } from '../../scripts/tools.ts';
import { toCamelCase } from '../../src/inputs/input-names.ts';
import { outputs } from '../../src/inputs/output-table.ts';
import { runInWorkflow } from '../support/act.ts';
import { runAsAzureTask } from '../support/azure-agent.ts';
import { podChart, writeFiles } from '../support/chart.ts';
import { testFolder } from '../support/folder.ts';
import { runAsGitHubAction } from '../support/github-runner.ts';
import type { HostRequest } from '../support/host-run.ts';
import { runInTerminal } from '../support/terminal.ts';

/** Every form of command that a runner knows, and what would break a table, a page or a terminal. */
const attacks = [
  '::error::pwned',
  'a\n::set-output name=images::pwned',
  'a\n::add-mask::contoso',
  '##[error]pwned',
  '##vso[task.setvariable variable=PATH]pwned',
  'x##vso[task.complete result=Succeeded;]pwned',
  '\u200b::error::pwned',
  '\u001b[2Jpwned',
  '</td></table><script>pwned</script>',
  'a|b|c\n\n# pwned',
];

/** A chart that says all of it where reports show what a chart says: as image, as container and as object. */
async function hostile<Run>(run: (request: HostRequest) => Promise<Run>): Promise<Run> {
  const source = await startDemoRegistry();
  onTestFinished(async () => await source.stop());
  const [work, home] = [await testFolder(), await testFolder()];
  const pods = attacks.map((text) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: text },
    spec: {
      containers: [
        { name: text, image: text },
        { name: text, image: 'there/is:none' },
      ],
    },
  }));
  const template = pods.map((pod) => JSON.stringify(pod)).join('\n---\n');
  await writeFiles(join(work, 'web'), podChart('there/is:no-such-image', { 'templates/hostile.yaml': template }));
  return await run({
    node: process.execPath,
    work,
    home,
    path: [toolFolder('helm-4')],
    inputs: { charts: 'web', 'image-sources': source.host, 'fail-on': 'absent, unreadable' },
  });
}

test('the GitHub runner hears only what chart-images says', async () => {
  const run = await hostile(runAsGitHubAction);
  expect(run.passed).toBe(false);
  expect(run.annotations.length).toBeGreaterThan(2);
  expect(
    run.commands.filter(({ name }) => !['error', 'warning', 'notice', 'group', 'endgroup'].includes(name)),
  ).toEqual([]);
  expect(run.annotations.filter(({ title }) => !title.startsWith('chart-images'))).toEqual([]);
  expect(run.log).not.toContain('##[');
  expect(run.log).not.toContain('\u001b');
  expect(Object.keys(run.outputs).sort()).toEqual(Object.keys(run.outputs).filter(isOutput).sort());
  expect(run.summary).not.toContain('<script');
  expect(run.summary).not.toMatch(/^# pwned/m);
});

test('a GitHub workflow goes on with the outputs of chart-images', async () => {
  const run = await hostile(runInWorkflow);
  expect(run.passed).toBe(false);
  expect(run.annotations.filter(({ title }) => !title.startsWith('chart-images'))).toEqual([]);
  expect(run.outputs['images']).not.toBe('pwned');
  expect(run.outputs['unresolved-count']).toMatch(/^\d+$/);
});

test('the Azure agent hears only what chart-images says', async () => {
  const run = await hostile(runAsAzureTask);
  expect(run.passed).toBe(false);
  expect(run.annotations.length).toBeGreaterThan(2);
  const known = [
    'task.logissue',
    'task.setvariable',
    'task.uploadsummary',
    'results.publish',
    'task.complete',
    'task.debug',
  ];
  expect(run.commands.filter(({ name }) => !known.includes(name))).toEqual([]);
  expect(run.commands.filter(({ name }) => name === 'task.complete').map(({ properties }) => properties)).toEqual([
    { result: 'Failed' },
  ]);
  const variables = run.commands.filter(({ name }) => name === 'task.setvariable');
  expect(variables.filter(({ properties }) => !isOutput(properties['variable'] ?? ''))).toEqual([]);
  expect(run.summary).not.toContain('<script');
});

test('a terminal shows the text and not what it would do', async () => {
  const run = await hostile(runInTerminal);
  expect(run.code).toBe(1);
  expect(run.log).toContain('pwned');
  expect(run.log).not.toContain('\u001b');
  expect(run.log).not.toMatch(/##vso\[|##\[|^\s*::/m);
});

function isOutput(name: string): boolean {
  return outputs.some((output) => output.name === name || toCamelCase(output.name) === name);
}
