/** What a change does to the list of charts that is checked. */
import { expect, test } from 'vitest';
import { readBaseRules } from '../../src/inputs/base-rules.ts';
import type { RawInputs } from '../../src/inputs/raw-inputs.ts';
import { openBaseCheckout } from '../../src/resolve/diff/base-checkout.ts';
import { type Change, gitEnvironment, makeRepository } from '../support/checkout.ts';
import { podChart } from '../support/pod-chart.ts';

/** Findings of a change after `main` has a chart in charts/app. */
async function judge(main: Change, own: Change, given: RawInputs = {}) {
  const { folder, commit, git } = await makeRepository();
  await commit({ ...podChart('team/web:1.0.0'), ...main });
  await git('switch', '--quiet', '--create', 'change');
  await commit(own);
  const name = { label: 'main', names: ['main'], givenBy: 'event' } as const;
  const signal = new AbortController().signal;
  const base = await openBaseCheckout(name, { environment: { ...gitEnvironment }, folder, signal });
  return (await readBaseRules(given, base, folder)).findings;
}

const config = (...lines: readonly string[]) => ({ 'chart-images.yaml': `${lines.join('\n')}\n` });

test('a change that lists charts for the first time is a notice, because the others are no longer checked', async () => {
  const list = config('# The best one.', 'charts:', '  - chart: charts/good');
  const expected = [
    {
      code: 'policy-changed',
      severity: 'notice',
      message:
        'This change lists charts in chart-images.yaml for the first time; other charts, which were checked without a list, were not checked.',
      file: 'chart-images.yaml',
      line: 3,
    },
  ];
  expect(await judge({}, list)).toMatchObject(expected);
  expect(await judge(config('charts: []'), list)).toMatchObject(expected);
  expect(await judge(list, { 'notes.txt': 'x' })).toEqual([]);
  expect(await judge({}, list, { charts: 'charts/app' })).toEqual([]);
});

test('a change that makes the folder of the run a chart is a notice', async () => {
  const chart = { 'Chart.yaml': 'apiVersion: v2\nname: all\nversion: 1.0.0\n' };
  expect(await judge({}, chart)).toMatchObject([
    {
      severity: 'notice',
      message: 'This change makes the folder of the run a chart; those in charts/ were checked only as its subcharts.',
      file: 'Chart.yaml',
    },
  ]);
  expect(await judge(chart, { 'notes.txt': 'x' })).toEqual([]);
  expect(await judge({}, chart, { charts: 'charts/*' })).toEqual([]);
});

test('values that a change removes for a chart that a pattern of the workflow matches are a notice', async () => {
  const entry = (name: string) => `  - { chart: charts/${name}, valueSets: [{ name: prod }, { name: test }] }`;
  const findings = await judge(config('charts:', entry('app'), entry('web')), config('charts:', entry('web')), {
    charts: 'charts/*',
  });
  expect(findings).toMatchObject([
    {
      severity: 'notice',
      message:
        'This change removes values in chart-images.yaml for charts/app; a chart that a pattern of the input charts matches was rendered without them.',
      file: 'chart-images.yaml',
    },
  ]);
});
