import { expect, test } from 'vitest';
import type { Finding, FindingCode } from '../../../src/core/findings.ts';
import { markNewFindings } from '../../../src/resolve/diff/mark-new-findings.ts';
import type { Resolution } from '../../../src/resolve/resolution.ts';
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

function unknown(image: string): Resolution {
  return { status: 'unknown', image: discovered(image), lookups: [] };
}

/** `age severity` of each. */
function aged(findings: readonly Finding[], failing: 'all' | 'new' = 'new', resolutions: readonly Resolution[] = []) {
  return markNewFindings(findings, { base, resolutions, failing }).map(({ age, severity }) => `${age} ${severity}`);
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

test('a registry error that affects a new image is new, even if it is attached to a known image', () => {
  const findings = [finding('unknown', 'old:1')];
  expect(aged(findings, 'new', [unknown('old:1'), unknown('older:1')])).toEqual(['known warning']);
  expect(aged(findings, 'new', [unknown('old:1'), unknown('new:1')])).toEqual(['new error']);
});

test('a target error is new if one image is new', () => {
  const found = (image: string): Resolution => ({ status: 'unresolved', image: discovered(image), lookups: [] });
  expect(aged([finding('unknown', 'old:1')], 'new', [found('old:1')])).toEqual(['known warning']);
  expect(aged([finding('unknown', 'old:1')], 'new', [found('old:1'), found('new:1')])).toEqual(['new error']);
});

test('a failed copy is always new', () => {
  expect(aged([finding('copy-failed', 'old:1')])).toEqual(['new error']);
});

test('without a base no finding is marked, and all fail the run', () => {
  const findings = [finding('absent', 'old:1')];
  expect(markNewFindings(findings, { base: undefined, resolutions: [], failing: 'new' })).toEqual(findings);
});
