import { join } from 'node:path';
import { expect, test } from 'vitest';
import { belowBars } from '../../scripts/corpus/thresholds.ts';
import { testFolder } from '../support/folder.ts';
import { runProgram } from '../support/program.ts';
import { root } from '../support/root.ts';

/** What the scorer prints, with some of it replaced. */
function printed(changes: Readonly<Record<string, string>> = {}): string {
  const text = [
    'made (synthetic)                        3/3  100.0%  2/2  100.0%  0/0     -       5     0',
    '',
    'recall certain   100.0%  (200 of 200)',
    'recall likely     99.0%  (99 of 100)',
    'recall embedded   95.0%  (19 of 20)',
    'precision         99.5%  (1 wrong)',
    'confidence label  99.0%  agree with the class',
  ].join('\n');
  return Object.entries(changes).reduce((sofar, [from, to]) => sofar.replace(from, to), text);
}

test('figures at their bars are good', () => {
  expect(belowBars(printed())).toEqual([]);
  expect(belowBars(printed({ ' 95.0%  (19 of 20)': '   -    (0 of 0)' }))).toEqual([]);
});

test.each([
  ['(200 of 200)', '(1999 of 2000)', 'recall of certain images: 99.95 %, promised 100 %'],
  ['(99 of 100)', '(98 of 100)', 'recall of likely images: 98.00 %, promised 99 %'],
  ['(19 of 20)', '(18 of 20)', 'recall of embedded images: 90.00 %, promised 95 %'],
  ['99.5%  (1', '99.4%  (1', 'precision: 99.40 %, promised 99.5 %'],
  ['99.0%  agree', '98.9%  agree', 'agreement of confidences: 98.90 %, promised 99 %'],
  ['precision', 'exactness', 'precision: not printed, promised 99.5 %'],
  ['2/2', '1/2', 'made: a synthetic chart that is not read in full'],
  ['5     0', '5     1', 'made: a synthetic chart that is not read in full'],
])('with %s as %s it is told what is below its bar', (from, to, told) => {
  expect(belowBars(printed({ [from]: to }))).toEqual([told]);
});

test('a folder that is not there is reported with where to name another', async () => {
  const folder = join(await testFolder(), 'nowhere');
  const run = await runProgram(process.execPath, [join(root, 'scripts', 'corpus.ts'), '--dir', folder]);
  expect(run.code).toBe(1);
  expect(run.stderr).toBe(
    `There is no corpus in ${folder}: give the folder that has its charts/ and expected/ by --dir.\n`,
  );
});
