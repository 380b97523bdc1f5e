import { expect, test } from 'vitest';
import {
  ChartImagesAggregateError,
  ChartImagesError,
  cancelledError,
  type ErrorCode,
  passingErrors,
} from '../../src/core/errors.ts';

const errorOf = (code: ErrorCode) => new ChartImagesError(code, 'It failed.', { advice: '' });

test('a run can do without a step that a registry refused or did not answer', () => {
  const errors = [errorOf('denied'), errorOf('timeout')] as const;
  expect(passingErrors(new ChartImagesAggregateError(errors))).toEqual(errors);
});

test.each<[string, unknown]>([
  ['an interruption', cancelledError()],
  ['an interruption beside other errors', new ChartImagesAggregateError([errorOf('denied'), cancelledError()])],
  ['an error of the program', errorOf('internal')],
  ['an unexpected exception', new TypeError('x is not a function')],
])('%s ends the run', (_, thrown) => {
  expect(() => passingErrors(thrown)).toThrow(thrown instanceof Error ? thrown : undefined);
});
