import { expect, test } from 'vitest';
import type { Finding, FindingCode } from '../../../src/core/findings.ts';
import { markNewFindings } from '../../../src/resolve/diff/mark-new-findings.ts';
import { discovered } from '../../support/discovered.ts';

const renderedAt = { chartPath: 'c', valueSet: 'default', template: 't', line: 1 };
const broken: Finding = {
  code: 'unreadable',
  severity: 'error',
  message: 'c/a.yaml, line 7, is no YAML.',
  advice: '-',
};
const base = {
  images: [discovered('old:1'), discovered('older:1')],
  findings: [{ ...broken, message: 'c/a.yaml, line 5, is no YAML.', renderedAt }],
};

function finding(code: FindingCode, image: string): Finding {
  return { code, severity: 'error', message: `${image}.`, advice: '-', image };
}

/** `age severity` of each. */
function aged(findings: readonly Finding[], failing: 'all' | 'new' = 'new') {
  return markNewFindings(findings, { base, failing }).map(({ age, severity }) => `${age} ${severity}`);
}

test('only new findings fail the run with fail-on-new', () => {
  const findings = [finding('absent', 'old:1'), finding('absent', 'new:1')];
  expect(aged(findings)).toEqual(['known warning', 'new error']);
  expect(aged(findings, 'all')).toEqual(['known error', 'new error']);
});

test('a finding of the base is known even if its line moved', () => {
  expect(aged([broken, { ...broken, message: 'c/b.yaml, line 5, is no YAML.' }])).toEqual([
    'known warning',
    'new error',
  ]);
});

test('a registry error that hides a new image is new, even if it hides known images too', () => {
  const hiding = (...images: readonly string[]): Finding => ({ ...finding('unknown', 'old:1'), images });
  expect(aged([hiding('old:1', 'older:1')])).toEqual(['known warning']);
  expect(aged([hiding('old:1', 'new:1')])).toEqual(['new error']);
  const { image, ...withoutImage } = hiding('old:1', 'new:1');
  expect(aged([withoutImage, { ...withoutImage, images: ['old:1'] }])).toEqual(['new error', 'known warning']);
});

test('nothing in a chart whose base could not be read is new', () => {
  const unread = { ...base, unreadCharts: ['lib/a'] };
  const other = { ...broken, message: 'c/b.yaml is no YAML.' };
  const findings = [
    { ...other, file: 'lib/a/values.yaml' },
    { ...other, file: 'lib/ab/values.yaml' },
  ];
  const ages = markNewFindings(findings, { base: unread, failing: 'new' }).map(({ age }) => age);
  expect(ages).toEqual(['known', 'new']);
});

test('drift of a frozen run is always new, because it checks the whole lock file', () => {
  const drift = finding('drift', 'old:1');
  const marked = (ageless?: ReadonlySet<FindingCode>) =>
    markNewFindings([drift], { base, failing: 'new', ageless }).map(({ age, severity }) => `${age} ${severity}`);
  expect([marked(), marked(new Set(['drift']))]).toEqual([['known warning'], ['new error']]);
});

test('a failed copy is always new', () => {
  expect(aged([finding('copy-failed', 'old:1')])).toEqual(['new error']);
});

test('without a base no finding is marked, and all fail the run', () => {
  const findings = [finding('absent', 'old:1')];
  expect(markNewFindings(findings, { base: undefined, failing: 'new' })).toEqual(findings);
});
