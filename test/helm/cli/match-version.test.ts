/** Charts that would start a program for each of their dependencies. */
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { toolPath } from '../../../scripts/tools.ts';
import { findDependencyFaults } from '../../../src/helm/charts/dependency-faults.ts';
import type { SubchartTree } from '../../../src/helm/charts/subchart-tree.ts';
import { createVersionMatcher } from '../../../src/helm/cli/match-version.ts';
import { renderEach } from '../../../src/helm/cli/render-charts.ts';
import { chartFiles, writeFiles } from '../../support/charts.ts';
import { faultOf } from '../../support/faults.ts';
import { testFolder } from '../../support/folder.ts';
import { helmSetting, noOptions } from './helm-fixtures.ts';

/** A chart in charts/ that wants its own subchart in a version that only Helm can compare. */
function wanting(index: number): SubchartTree {
  const metadata = (name: string, version: string) => ({
    name: `${name}${index}`,
    version,
    apiVersion: 'v2' as const,
    kubeVersion: undefined,
    annotations: {},
  });
  const dependency = { name: `b${index}`, version: `>=1.0.0-${index}`, repository: '', alias: undefined };
  return {
    path: `charts/a${index}`,
    form: 'folder',
    metadata: { ...metadata('a', '1.0.0'), type: 'application', dependencies: [dependency] },
    subcharts: [
      {
        path: `charts/a${index}/charts/b${index}`,
        form: 'folder',
        metadata: { ...metadata('b', '1.0.0'), type: 'application', dependencies: [] },
        subcharts: [],
      },
    ],
  };
}

const treeOf = (amount: number): SubchartTree => ({
  path: '',
  form: 'folder',
  metadata: undefined,
  subcharts: Array.from({ length: amount }, (_, index) => wanting(index)),
});

/** A helm that finds each version, and writes down when it runs. */
async function countingHelm(seconds: number) {
  const folder = await testFolder();
  const [path, runs] = [join(folder, 'helm'), join(folder, 'runs')];
  await writeFile(
    path,
    `#!/bin/sh\necho start >> ${runs}\nsleep ${seconds}\necho end >> ${runs}\necho '[{"version":"1.0.0"}]'\n`,
  );
  await chmod(path, 0o755);
  return { helm: { path, version: '4.2' }, runs: async () => (await readFile(runs, 'utf8')).trim().split('\n') };
}

test.skipIf(process.platform === 'win32')('many charts do not start many programs at the same time', async () => {
  const { helm, runs } = await countingHelm(0.05);
  const { access } = await helmSetting();
  const matches = createVersionMatcher(async () => helm, 'web', access);
  expect(await findDependencyFaults(treeOf(6), matches)).toEqual([]);
  expect(await runs()).toEqual(Array.from({ length: 6 }, () => ['start', 'end']).flat());
});

test.skipIf(process.platform === 'win32')('a chart with too many constraints for helm is an error', async () => {
  const { helm, runs } = await countingHelm(0);
  const { access } = await helmSetting();
  const matches = createVersionMatcher(async () => helm, 'web', access);
  const fault = await faultOf(findDependencyFaults(treeOf(201), matches));
  expect(fault).toMatchObject({ code: 'chart-invalid', location: { file: 'web' } });
  expect((await runs()).filter((line) => line === 'start')).toHaveLength(200);
});

test('a chart that lacks too many charts is an error, and the rest of them is not tried', async () => {
  const { work, chart, access } = await helmSetting();
  const entry = (_: unknown, index: number) =>
    `- { name: a${index}, version: 1.0.0, repository: "file://../a${index}" }\n`;
  const list = Array.from({ length: 250 }, entry).join('');
  const yaml = `apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n${list}`;
  await writeFiles(join(work, 'web'), chartFiles('web', { 'Chart.yaml': yaml }));
  const { errors } = await renderEach(
    { path: toolPath('helm-4'), version: '4.2' },
    [await chart('web')],
    noOptions,
    access,
  );
  expect(
    errors.map(({ message }) => message).filter((message) => message.includes('more than 200 charts')),
  ).toHaveLength(1);
  expect(errors.length).toBeLessThan(210);
});
