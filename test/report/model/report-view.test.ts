import { expect, test } from 'vitest';
import { absent, contosoWithout, finding, image, report, viewOf } from './sample.ts';

test('every format gets the same rows, problems, totals, summary and exit code', () => {
  const view = viewOf(contosoWithout());
  expect(view.rows.map(({ status }) => status)).toEqual(['found', 'found', 'absent', 'found']);
  expect(view.problems.map(({ kind, code, usedBy }) => [kind, code, usedBy[0]?.name])).toEqual([
    ['finding', 'absent', 'contoso-c'],
  ]);
  expect(view.totals).toMatchObject({ images: 4, found: 3, absent: 1, planned: 3 });
  expect(view.summary).toEqual({
    mark: 'failed',
    text: '1 of 4 images was not found in any source; nothing was copied',
  });
  expect(view.exitCode).toBe(1);
});

test('a mask that hides every text changes neither the totals, the summary nor the exit code', () => {
  const images = [image('web:1'), image('job:2')];
  const known = report({
    resolutions: images.map((of) => absent(of, 'Pa55')),
    findings: images.map((of) => finding('absent', { image: of.image, message: `Pa55 of ${of.image}` })),
  });
  const hide = () => '***';
  const masked = viewOf(known, { text: hide, name: hide });
  const { totals, summary, exitCode } = viewOf(known);
  expect(masked).toMatchObject({ totals, summary, exitCode });
  expect(summary.text).toBe('2 of 2 images were not found in any source');
  expect(masked.rows.map(({ image: name, reason }) => [name, reason])).toEqual([
    ['***', '***'],
    ['*** (2)', '***'],
  ]);
  expect(masked.problems.map(({ message, advice }) => [message, advice])).toEqual([
    ['***', '***'],
    ['***', '***'],
  ]);
});
