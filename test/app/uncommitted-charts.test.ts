/** Charts and values files that an earlier step of the job makes: neither the change nor its base has them. */
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runChange } from '../support/change-run.ts';
import { writeFiles } from '../support/chart.ts';
import { chart, checkOut, makePullRequest, onHosts, variablesFor } from '../support/pull-request.ts';
import { checkOutSubmodules, withSubmodule } from '../support/submodules.ts';

const before = { ...chart('app', 'a:good1'), '.gitignore': 'charts/made*\n' };
const opened = async () => await makePullRequest({ before, change: chart('app', 'a:good2') });

async function writeCharts(work: string, images: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, image] of Object.entries(images)) {
    const files = Object.entries(chart(name, image)).map(([path, text = '']) => [path, text]);
    await writeFiles(work, Object.fromEntries(files));
  }
}

test.each(onHosts)('a chart that an earlier step made is not compared, and a finding says so, on %s', async (host) => {
  const pull = await opened();
  const { folder: work } = await checkOut(pull, pull.merge, 2);
  await writeCharts(work, { made: 'm:1', written: 'w:1' });
  const run = await runChange({ host, work, env: await variablesFor(host, pull) });
  expect([run.changes, run.codes], run.log).toEqual([['moved a:good1 -> a:good2'], ['no-base']]);
  expect(run.report.findings[0]?.message).toBe(
    'Cannot compare charts/made, charts/written with main: no commit has charts/made, charts/written. Their findings count as new.',
  );
});

test('a chart that an earlier step made fails the run, also with fail-on-new', async () => {
  const pull = await opened();
  const { folder: work } = await checkOut(pull, pull.merge, 2);
  await writeCharts(work, { made: 'm' });
  const inputs = { 'fail-on-new': 'true', 'fail-on': 'no-tag' };
  const run = await runChange({ host: 'github', work, env: await variablesFor('github', pull), inputs });
  expect(
    run.report.findings.map(({ code, age, severity }) => [code, age, severity]),
    run.log,
  ).toContainEqual(['no-tag', 'new', 'error']);
  expect(run.exit).toBe(1);
});

test('a chart with values that an earlier step made is not compared', async () => {
  const pull = await makePullRequest({
    before: { ...chart('app', '{{ .Values.image | default "a:0" }}'), ...chart('other', 'o:1') },
    change: { 'README.md': 'changed\n' },
  });
  const { folder: work } = await checkOut(pull, pull.merge, 2);
  await writeFiles(work, { 'out/values.yaml': 'image: a:1\n' });
  const inputs = { charts: 'charts/*', values: 'out/values.yaml' };
  const run = await runChange({ host: 'github', work, env: await variablesFor('github', pull), inputs });
  expect([run.changes, run.codes], run.log).toEqual([[], ['no-base']]);
  expect(run.report.findings[0]?.message).toContain('no commit has out/values.yaml');
});

test('a chart that is not committed yet is part of the change in a terminal', async () => {
  const pull = await opened();
  const { folder: work } = await checkOut(pull, pull.head, 'all');
  await writeCharts(work, { written: 'w:1' });
  const run = await runChange({ host: 'terminal', work, env: {}, inputs: { 'base-ref': pull.base } });
  expect([run.changes, run.codes], run.log).toEqual([['added w:1', 'moved a:good1 -> a:good2'], []]);
});

test('charts of a submodule, charts behind links and new charts of the change have a base', async () => {
  const pull = await withSubmodule();
  const checkout = await checkOut(pull, pull.merge, 2);
  await checkOutSubmodules(checkout);
  const run = await runChange({
    host: 'github',
    work: checkout.folder,
    env: await variablesFor('github', pull),
    inputs: { charts: 'charts/*\nlibrary/charts/*' },
  });
  expect([run.changes, run.codes], run.log).toEqual([['moved l:1 -> l:2'], []]);
  const added = await makePullRequest({ before: chart('app', 'a:1'), change: chart('new', 'n:1') });
  const { folder: work } = await checkOut(added, added.merge, 2);
  await symlink('charts', join(work, 'linked'));
  const env = await variablesFor('github', added);
  const other = await runChange({ host: 'github', work, env, inputs: { charts: 'charts/app\nlinked/new' } });
  expect([other.changes, other.codes], other.log).toEqual([['added n:1'], []]);
});
