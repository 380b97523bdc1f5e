import { expect, test } from 'vitest';
import type { Report } from '../../../src/report/model/report.ts';
import { absent, contoso, copied, fault, finding, found, image, planned, report, unknown, viewOf } from './sample.ts';

const [a, b, c] = [image('a:1'), image('b:1'), image('c:1')];
const absentC = finding('absent', { image: 'c:1' });
const plan = {
  copies: [planned(a), planned(b, { action: 'exists' }), planned(c, { action: 'skip' })],
  findings: [],
};
const foundAll = { resolutions: [found(a), found(b), found(c)] };
const missing = { resolutions: [found(a), found(b), absent(c)] };

const cases: readonly (readonly [string, Report, string, string])[] = [
  ['all copied', contoso(), 'passed', '4 of 4 images found, 4 copied (12.3 MB)'],
  ['only looked', report(foundAll), 'passed', '3 of 3 images found'],
  [
    'a plan',
    report({ ...foundAll, plan }),
    'passed',
    '3 of 3 images found, 1 to copy, 1 already in the target, 1 skipped',
  ],
  ['no image', report(), 'passed', 'The charts contain no images'],
  [
    'nothing but what could not be read',
    report({ findings: [finding('unreadable', { severity: 'warning' })] }),
    'warning',
    'No image was found: 1 place could not be read',
  ],
  [
    'no registry asked',
    report({ resolutions: [{ status: 'unresolved', image: a, lookups: [] }] }),
    'passed',
    '1 image listed, no registry was accessed',
  ],
  ['absent', report({ ...missing, findings: [absentC] }), 'failed', '1 of 3 images was not found in any source'],
  [
    'absent, push',
    report({ ...missing, findings: [absentC], push: true }),
    'failed',
    '1 of 3 images was not found in any source; nothing was copied',
  ],
  [
    'absent that does not fail',
    report({ ...missing, findings: [{ ...absentC, severity: 'warning' }] }),
    'warning',
    '2 of 3 images found, 1 not found in any source',
  ],
  [
    'one registry down for two images, told once',
    report({ resolutions: [found(a), unknown(b), unknown(c)], findings: [finding('unknown', { image: 'b:1' })] }),
    'failed',
    '2 of 3 images could not be checked',
  ],
  [
    'a target that refuses two images, told once',
    report({
      ...foundAll,
      plan: {
        copies: [planned(a), ...[b, c].map((of) => planned(of, { action: 'unknown', error: fault('unauthorized') }))],
        findings: [],
      },
      findings: [finding('unknown', { image: 'b:1' })],
      push: true,
    }),
    'failed',
    '2 of 3 images could not be checked; nothing was copied',
  ],
  [
    'the only image',
    report({ resolutions: [absent(c)], findings: [absentC] }),
    'failed',
    '1 image was not found in any source',
  ],
  [
    'worst first',
    report({ ...missing, findings: [finding('no-tag', { image: 'a:1' }), finding('placeholder'), absentC] }),
    'failed',
    '1 of 3 images was not found in any source; 1 placeholder is not filled in; 1 of 3 images has no tag',
  ],
  [
    'an image that a frozen lock file does not have',
    report({ ...foundAll, findings: [finding('drift', { image: 'a:1' })] }),
    'failed',
    '1 of 3 images differs from the lock file',
  ],
  [
    'a failed copy',
    report({
      ...foundAll,
      outcomes: [copied(a), { result: 'failed', copy: planned(b), error: fault('denied') }],
      findings: [finding('copy-failed', { image: 'b:1' })],
      push: true,
    }),
    'failed',
    '1 of 3 images could not be copied; 1 copied (1.0 MB)',
  ],
  ['wrong input', report({ errors: [fault('syntax'), fault('schema')] }), 'failed', 'The input is invalid (2 errors)'],
  [
    'interrupted',
    report({ ...foundAll, outcomes: [copied(a)], errors: [fault('cancelled')], push: true }),
    'failed',
    'The run was interrupted; 1 copied (1.0 MB)',
  ],
  [
    'interrupted during the copy',
    report({
      ...foundAll,
      outcomes: [copied(a), { result: 'failed', copy: planned(b), error: fault('cancelled') }],
      errors: [fault('cancelled')],
      push: true,
    }),
    'failed',
    'The run was interrupted; 1 copied (1.0 MB), 1 not copied',
  ],
  ['a fault', report({ errors: [fault('helm-missing')] }), 'failed', 'The run did not complete (1 error)'],
];

test.each(cases)('The verdict says it in one line: %s', (_, of, mark, text) => {
  expect(viewOf(of).summary).toEqual({ mark, text });
});
