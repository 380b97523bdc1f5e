import { expect, test } from 'vitest';
import { azureInputs } from '../../src/hosts/azure-host.ts';

/** The place of a job among its siblings, as `shard: auto` reads it. */
function position(job: string | undefined, jobs: string | undefined): string | undefined {
  const env = { INPUT_SHARD: 'auto', SYSTEM_JOBPOSITIONINPHASE: job, SYSTEM_TOTALJOBSINPHASE: jobs };
  return azureInputs(env).inputs['job-position'];
}

test('each of the jobs of a matrix is its own shard', () => {
  expect(['1', '2', '3'].map((job) => position(job, '3'))).toEqual(['0/3', '1/3', '2/3']);
});

test.each([
  ['3', '2'],
  ['0', '2'],
  ['-1', '2'],
  ['x', '2'],
  ['2', 'x'],
  ['1', '0'],
  ['2', ''],
  [undefined, '2'],
  ['2', undefined],
  [undefined, undefined],
])('job %s of %s is no shard, so that no image is left out or copied by a job that is not there', (job, jobs) => {
  expect(position(job, jobs)).toBeUndefined();
});

test('a job that is alone is the whole', () => {
  expect(position('1', '1')).toBe('0/1');
});

test('inputs are found however the agent writes their variables, and other variables are not inputs', () => {
  const env = { INPUT_PUSH: ' true ', input_target: 'x', SOMEINPUT_TARGET: 'x', INPUT_: 'x', PUSH: 'false' };
  expect(azureInputs(env)).toEqual({ inputs: { push: 'true' }, unknown: [''] });
});
