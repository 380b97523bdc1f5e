/** Runs that ask no registry, and runs that never get that far, over the bundle. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { toolFolder } from '../../scripts/tools.ts';
import { type ChartFiles, podChart, writeFiles } from '../support/chart.ts';
import { testFolder } from '../support/folder.ts';
import { runAsGitHubAction } from '../support/github-runner.ts';
import type { HostRequest } from '../support/host-run.ts';
import { runInTerminal } from '../support/terminal.ts';

async function requestFor(inputs: Readonly<Record<string, string>>, chart: ChartFiles): Promise<HostRequest> {
  const [work, home] = [await testFolder(), await testFolder()];
  await writeFiles(join(work, 'web'), chart);
  return { node: process.execPath, inputs, work, home, path: [toolFolder('helm-4')] };
}

test('a run that asks no registry still reports what is wrong with the charts', async () => {
  const inputs = { charts: 'web', resolve: 'false', 'fail-on': 'no-tag, placeholder' };
  const placeholder = podChart('{{ "{{ image }}" }}')['templates/pod.yaml'] ?? '';
  const chart = podChart('nginx', { 'templates/other.yaml': placeholder.replaceAll('\\"', '"') });
  const run = await runInTerminal(await requestFor(inputs, chart), '--json');
  const report: { readonly findings: readonly { readonly code: string; readonly severity: string }[] } = JSON.parse(
    run.stdout,
  );
  expect(report.findings.map(({ code, severity }) => `${severity} ${code}`).sort()).toEqual([
    'error no-tag',
    'error placeholder',
  ]);
  expect(run.code).toBe(1);
});

test('wrong inputs are reported as everything else is: with --json as JSON', async () => {
  const run = await runInTerminal(await requestFor({ charts: 'web', push: 'true' }, podChart('nginx:1')), '--json');
  expect(JSON.parse(run.stdout)).toMatchObject({ errors: [{ code: 'missing-input' }], images: [] });
  expect(run.code).toBe(2);
});

test('wrong inputs of an action are in its summary, its outputs and its report', async () => {
  const run = await runAsGitHubAction(await requestFor({ charts: 'web', push: 'yes' }, podChart('nginx:1')));
  expect(run.passed).toBe(false);
  expect(run.summary).toContain('push');
  expect(run.outputs['image-count']).toBe('0');
  expect(await readFile(run.outputs['report'] ?? '', 'utf8')).toContain('invalid-input');
  expect(run.annotations.filter(({ level }) => level === 'error')).toHaveLength(1);
});
