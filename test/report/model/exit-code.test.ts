import { expect, test } from 'vitest';
import { exitCodeOf } from '../../../src/report/model/exit-code.ts';
import { fault, finding, report } from './sample.ts';

test.each([
  ['all is well', {}, 0],
  ['there are only warnings', { findings: [finding('absent', { severity: 'warning' })] }, 0],
  ['an image is absent', { findings: [finding('absent')] }, 1],
  ['the target has other content', { findings: [finding('conflict')] }, 1],
  ['a registry could not be asked', { findings: [finding('unknown')] }, 3],
  ['a copy failed', { findings: [finding('copy-failed')] }, 3],
  ['one image is absent and another not known', { findings: [finding('unknown'), finding('absent')] }, 1],
  [
    'an unknown fails and an absent one does not',
    { findings: [finding('absent', { severity: 'notice' }), finding('unknown')] },
    3,
  ],
  ['the input is wrong', { errors: [fault('chart-render')] }, 2],
  ['helm cannot be had', { errors: [fault('helm-download')] }, 3],
  ['the run was interrupted', { errors: [fault('cancelled')] }, 130],
  ['it was interrupted while a chart did not render', { errors: [fault('cancelled'), fault('chart-render')] }, 130],
  [
    'a chart does not render and another one cannot be fetched',
    { errors: [fault('chart-pull'), fault('chart-render')] },
    2,
  ],
  [
    'a chart does not render and an image is absent',
    { findings: [finding('absent')], errors: [fault('chart-render')] },
    2,
  ],
  ['it was interrupted while a registry failed', { errors: [fault('network'), fault('cancelled')] }, 130],
  [
    'an image is absent and a chart cannot be fetched',
    { findings: [finding('absent')], errors: [fault('network')] },
    1,
  ],
  [
    'a registry could not be asked, nor a chart fetched',
    { findings: [finding('unknown')], errors: [fault('network')] },
    3,
  ],
] as const)('When %s, the exit code is as the contract says', (_, over, code) => {
  expect(exitCodeOf(report(over))).toBe(code);
});
