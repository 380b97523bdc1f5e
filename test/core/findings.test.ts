import { expect, it } from 'vitest';
import { ChartImagesAggregateError, ChartImagesError, toErrors } from '../../src/core/errors.ts';
import { applyFailOn, type Finding } from '../../src/core/findings.ts';

const finding = (code: Finding['code'], severity: Finding['severity']): Finding => ({
  code,
  severity,
  message: 'm',
  advice: 'a',
});

it('what fail-on names is an error, and nothing else is', () => {
  const graded = applyFailOn(
    [finding('absent', 'warning'), finding('no-tag', 'notice'), finding('unknown', 'error')],
    new Map([['absent', 'all']]),
  );
  expect(graded.map((one) => [one.code, one.severity])).toEqual([
    ['absent', 'error'],
    ['no-tag', 'notice'],
    ['unknown', 'warning'],
  ]);
});

it('without a list of the user only the findings that are errors by themselves stay errors', () => {
  const graded = applyFailOn(
    [finding('placeholder', 'error'), finding('placeholder', 'warning'), finding('no-tag', 'error')],
    new Map([['placeholder', 'errors']]),
  );
  expect(graded.map(({ severity }) => severity)).toEqual(['error', 'warning', 'warning']);
});

it('a failed copy is an error whatever fail-on says', () => {
  expect(applyFailOn([finding('copy-failed', 'warning')], new Map())[0]?.severity).toBe('error');
});

it('several errors of one step are reported together', () => {
  const one = new ChartImagesError('schema', 'one', { advice: 'x' });
  const two = new ChartImagesError('syntax', 'two', { advice: 'y' });
  expect(toErrors(new ChartImagesAggregateError([one, two])).map((error) => error.code)).toEqual(['schema', 'syntax']);
});

it('an unknown thrown value is reported as an internal error with its cause', () => {
  const cause = new TypeError('x is undefined');
  const [error] = toErrors(cause);
  expect(error?.code).toBe('internal');
  expect(error?.message).toBe('TypeError: x is undefined');
  expect(error?.cause).toBe(cause);
});
