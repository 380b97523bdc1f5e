import { join } from 'node:path';
import { expect, test } from 'vitest';
import { silentLog } from '../../../src/core/log.ts';
import { discover } from '../../../src/discovery/discover.ts';
import { locateEach } from '../../../src/helm/charts/locate-charts.ts';
import { usedByText } from '../../../src/report/model/columns.ts';
import { formatUsage } from '../../../src/report/model/labels.ts';
import { usagesOf } from '../../../src/report/model/usage.ts';
import { formatUses } from '../../../src/resolve/use-text.ts';
import { podChart, writeFiles } from '../../support/chart.ts';
import { testFolder } from '../../support/folder.ts';

const pod = (image: string) => `kind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: "${image}"}]}\n`;

/** What is shown of the images of two charts, one of which may be named otherwise. */
async function shown(names: readonly [string, string]) {
  const work = await testFolder();
  const folders = ['x/app', 'y/app'];
  for (const [index, folder] of folders.entries()) {
    const chart = podChart('unused', { 'Chart.yaml': `apiVersion: v2\nname: ${names[index]}\nversion: 1.0.0\n` });
    await writeFiles(join(work, folder), chart);
  }
  const requests = folders.map((location) => ({
    location,
    baseFolders: [work],
    valueSets: [{ name: 'default', valueFiles: [], set: [] }],
    declaredAt: undefined,
  }));
  const { charts } = await locateEach(requests, {
    workFolder: work,
    temporary: work,
    log: silentLog,
    signal: new AbortController().signal,
    pull: () => Promise.reject(new Error('no chart is remote')),
  });
  const renderings = charts.map((chart, index) => ({
    chart,
    valueSet: 'default',
    text: `---\n# Source: ${chart.metadata.name}/templates/a.yaml\n${pod(`nope:${index}`)}---\n# Source: ${chart.metadata.name}/templates/b.yaml\n${pod('nope:')}`,
    helmVersion: '4.2.4',
  }));
  const { images, findings } = discover(renderings);
  return {
    messages: images.map(formatUses),
    usages: images.flatMap(({ uses }) => usagesOf(uses, new Map()).map(formatUsage)),
    findings: findings.map(({ message }) => /of Pod p of (\S+)/.exec(message)?.[1]),
    templates: images.map(({ uses }) => uses[0]?.template),
  };
}

test('two charts of one name are shown with their paths, and keep their names for programs', async () => {
  expect(await shown(['app', 'app'])).toEqual({
    messages: ['x/app/templates/a.yaml (Pod p)', 'y/app/templates/a.yaml (Pod p)'],
    usages: ['Pod/p in x/app/templates/a.yaml', 'Pod/p in y/app/templates/a.yaml'],
    findings: ['x/app/templates/b.yaml', 'y/app/templates/b.yaml'],
    templates: ['app/templates/a.yaml', 'app/templates/a.yaml'],
  });
});

test('charts with names of their own are shown with their names', async () => {
  const { messages, findings } = await shown(['app', 'web']);
  expect(messages).toEqual(['app/templates/a.yaml (Pod p)', 'web/templates/a.yaml (Pod p)']);
  expect(findings).toEqual(['app/templates/b.yaml', 'web/templates/b.yaml']);
});

test('the column "used by" has the path of a chart whose name another chart has', () => {
  const usage = { chart: 'app', template: 'app/templates/a.yaml', kind: 'Pod', name: 'p', sets: 'only' } as const;
  const usedBy = ['x', 'y'].map((folder) => {
    return { ...usage, chartPath: `${folder}/app`, shownTemplate: `${folder}/app/templates/a.yaml` };
  });
  expect(usedByText({ usedBy, uses: [] }, 'all shown')).toBe('x/app: Pod/p, y/app: Pod/p');
});
