/** A run in a folder of a repository: links lead anywhere in the repository, and no further. */
import { mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { toolPath } from '../../../scripts/tools.ts';
import { silentLog } from '../../../src/core/log.ts';
import { locateCharts } from '../../../src/helm/charts/locate-charts.ts';
import { readSettings } from '../../../src/inputs/read-settings.ts';
import { chartFiles, writeFiles } from '../../support/charts.ts';
import { faultOf } from '../../support/faults.ts';
import { testFolder } from '../../support/folder.ts';
import { helmSetting } from '../cli/helm-fixtures.ts';

const helm = { path: toolPath('helm-4'), version: '4.2' };

/** A repository with a chart in `apps`, some of whose files are links to `shared`, and values next to it. */
async function repository(link: (apps: string) => Promise<void>): Promise<string> {
  const top = await testFolder();
  await mkdir(join(top, '.git'));
  await writeFiles(top, {
    'shared/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
    'shared/values.yaml': 'image: reg.example/shared:1\n',
  });
  const { 'Chart.yaml': _, 'values.yaml': __, ...files } = chartFiles('web');
  await writeFiles(join(top, 'apps/web'), files);
  await link(join(top, 'apps'));
  return join(top, 'apps');
}

async function linked(target: string, at: string): Promise<void> {
  await mkdir(dirname(at), { recursive: true });
  await symlink(target, at);
}

test('a chart in a run folder may link its Chart.yaml and values.yaml to the rest of the repository', async () => {
  const workFolder = await repository(async (apps) => {
    await linked('../../shared/Chart.yaml', join(apps, 'web/Chart.yaml'));
    await linked('../../shared/values.yaml', join(apps, 'web/values.yaml'));
    await linked('../shared/values.yaml', join(apps, 'prod.yaml'));
  });
  const settings = await readSettings({ charts: 'web', values: 'prod.yaml' }, { workFolder });
  const { access, render } = await helmSetting({ workFolder });
  const pull = () => Promise.reject(new Error('nothing is pulled'));
  const [chart] = await locateCharts(settings.charts, { ...access, workFolder, pull, log: silentLog });
  if (chart === undefined) throw new Error('no chart');
  const [rendering] = await render(helm, chart);
  expect(rendering?.text).toContain('reg.example/shared:1');
});

test('a link of a chart that leaves the repository is refused', async () => {
  const outside = await writeFiles(await testFolder(), { 'Chart.yaml': 'name: evil\nversion: 1.0.0\n' });
  const workFolder = await repository(async (apps) => {
    await linked(join(outside, 'Chart.yaml'), join(apps, 'web/Chart.yaml'));
  });
  const settings = await readSettings({ charts: 'web' }, { workFolder });
  const { access } = await helmSetting({ workFolder });
  const pull = () => Promise.reject(new Error('nothing is pulled'));
  const fault = await faultOf(locateCharts(settings.charts, { ...access, workFolder, pull, log: silentLog }));
  expect(fault).toMatchObject({ code: 'chart-invalid' });
  expect(fault.message).not.toContain('evil');
});
