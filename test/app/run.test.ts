import { afterEach, expect, test, vi } from 'vitest';
import { run } from '../../src/app/run.ts';
import { podChart } from '../support/chart.ts';
import { terminalIn, workFolderWith } from './app-fixtures.ts';

afterEach(() => vi.unstubAllEnvs());

const { signal } = new AbortController();

test('a run without lookups prints the images of its charts and ends with exit code 0', async () => {
  const terminal = await terminalIn(await workFolderWith(podChart('nginx:1.25')), '--charts=web', '--resolve=false');
  await run(terminal.host, signal);
  expect(terminal.written.out).toContain('nginx:1.25');
  expect(terminal.written.exitCode).toBe(0);
});

test('a run with an invalid input publishes its report and ends with exit code 2', async () => {
  const work = await workFolderWith(podChart('nginx:1.25'));
  const terminal = await terminalIn(work, '--charts=web', '--push=true', '--json');
  await run(terminal.host, signal);
  expect(JSON.parse(terminal.written.out)).toMatchObject({
    errors: [{ code: 'missing-input' }],
    images: [],
  });
  expect(terminal.written.exitCode).toBe(2);
});

test('a chart that does not render ends the run with exit code 2, and the report names its template', async () => {
  const chart = podChart('nginx:1.25', { 'templates/broken.yaml': '{{ fail "no license" }}\n' });
  const terminal = await terminalIn(await workFolderWith(chart), '--charts=web', '--resolve=false', '--json');
  await run(terminal.host, signal);
  expect(JSON.parse(terminal.written.out)).toMatchObject({
    errors: [{ code: 'chart-render', file: 'web/templates/broken.yaml', line: 1 }],
    images: [],
  });
  expect(terminal.written.exitCode).toBe(2);
});

test('a run that is interrupted before its first step publishes a report and ends with exit code 130', async () => {
  const terminal = await terminalIn(await workFolderWith(podChart('nginx:1.25')), '--charts=web', '--json');
  await run(terminal.host, AbortSignal.abort());
  expect(JSON.parse(terminal.written.out)).toMatchObject({ errors: [{ code: 'cancelled' }] });
  expect(terminal.written.exitCode).toBe(130);
});
