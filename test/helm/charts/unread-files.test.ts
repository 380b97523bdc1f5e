/** What .helmignore covers is not read by helm, so whatever is wrong with it must not end the run. */
import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { chartFiles, helms, writeFiles } from '../../support/charts.ts';
import { faultOf } from '../../support/faults.ts';
import { outputOf } from '../../support/program.ts';
import { helmSetting } from '../cli/helm-fixtures.ts';

/** A broken link, a circular one, and a named pipe, each in the folder and below it. */
async function spoil(folder: string): Promise<void> {
  await writeFiles(folder, { 'deep/readme.txt': '' });
  for (const inside of [folder, join(folder, 'deep')]) {
    await symlink('nowhere', join(inside, 'broken'));
    await symlink('loop', join(inside, 'loop'));
    await outputOf('mkfifo', [join(inside, 'pipe')]);
  }
}

describe.skipIf(process.platform === 'win32').each(helms)('with $title', ({ helm }) => {
  test('broken links, circular links, and pipes in an ignored folder do not matter', async () => {
    const { work, chart, render } = await helmSetting();
    await writeFiles(join(work, 'c'), chartFiles('c', { '.helmignore': 'build/\n*.sock\n' }));
    await spoil(join(work, 'c/build'));
    const [rendering] = await render(helm, await chart('c'));
    expect(rendering?.text).toContain('registry.example/app:1.0.0');
  });

  test('a circular link that is not ignored is an error of the chart', async () => {
    const { work, chart } = await helmSetting();
    await writeFiles(join(work, 'c'), chartFiles('c'));
    await symlink('loop', join(work, 'c/loop'));
    const fault = await faultOf(chart('c'));
    expect(fault).toMatchObject({ code: 'chart-invalid', message: expect.stringContaining('circular') });
  });
});

test('a chart named by its Chart.yaml, or by another file, gets the advice to name its folder', async () => {
  const { work, chart } = await helmSetting();
  await writeFiles(join(work, 'charts/c'), chartFiles('c'));
  for (const file of ['Chart.yaml', 'values.yaml']) {
    expect(await faultOf(chart(`charts/c/${file}`))).toMatchObject({
      code: 'chart-invalid',
      message: `Cannot use charts/c/${file} as a chart: it is a file.`,
      advice: 'Name its folder: charts/c.',
    });
  }
  await writeFiles(work, chartFiles('root'));
  expect(await faultOf(chart('Chart.yaml'))).toMatchObject({ advice: 'Name its folder, which is ".".' });
});

test('a Chart.yaml that cannot be read is reported with its chart', async () => {
  const { work, chart } = await helmSetting();
  await writeFiles(join(work, 'charts/c'), chartFiles('c'));
  await writeFile(join(work, 'charts/c/Chart.yaml'), Buffer.from('\ufeffname: c', 'utf16le'));
  expect(await faultOf(chart('charts/c'))).toMatchObject({
    code: 'file-unreadable',
    message: 'Cannot read charts/c/Chart.yaml: it is UTF-16 text.',
    location: { file: 'charts/c/Chart.yaml' },
  });
});
