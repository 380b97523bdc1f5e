/** Where patterns start: in real folders, and with the spellings of Windows in its own path functions. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, posix, win32 } from 'node:path';
import { expect, test } from 'vitest';
import { globFrom, globStarts, toGlob } from '../../../src/core/files/glob-paths.ts';
import { testFolder } from '../../support/folder.ts';

const everyFolder = () => Promise.resolve(true);
const noFolder = () => Promise.resolve(false);

test.each([
  ['charts/*', 'C:\\work\\charts', '*'],
  ['charts\\*', 'C:\\work\\charts', '*'],
  ['.\\charts\\*', 'C:\\work\\charts', '*'],
  ['..\\charts\\*', 'C:\\charts', '*'],
  ['*', 'C:\\work', '*'],
  ['c:/Repo/charts/*', 'c:\\Repo\\charts', '*'],
  ['D:\\repo\\charts\\*', 'D:\\repo\\charts', '*'],
  ['D:\\*', 'D:\\', '*'],
  ['\\repo\\charts\\*', 'C:\\repo\\charts', '*'],
  ['/repo/charts/*', 'C:\\repo\\charts', '*'],
  ['\\\\?\\D:\\repo\\charts\\*', 'D:\\repo\\charts', '*'],
  ['\\\\.\\D:\\repo\\charts\\*', 'D:\\repo\\charts', '*'],
  ['//?/D:/repo/charts/*', 'D:\\repo\\charts', '*'],
  ['\\\\server\\share\\charts\\*', '\\\\server\\share\\charts', '*'],
  ['\\\\?\\UNC\\server\\share\\charts\\*', '\\\\server\\share\\charts', '*'],
  ['charts\\{a,b}\\x*', 'C:\\work\\charts', '{a,b}/x*'],
])('on Windows, the pattern %s starts in %s', async (typed, folder, pattern) => {
  expect(await globStarts(toGlob(typed, win32), 'C:\\work', win32, noFolder)).toEqual([{ folder, pattern }]);
});

test.each([
  ['C:\\Program Files (x86)\\charts\\*', 'C:\\Program Files (x86)\\charts', '*'],
  ['\\\\?\\C:\\Program Files (x86)\\charts\\*', 'C:\\Program Files (x86)\\charts', '*'],
  ['[1] new\\charts (2)\\*.tgz', 'C:\\work\\[1] new\\charts (2)', '*.tgz'],
])('on Windows, the folders of %s may have parentheses and brackets in their names', async (typed, folder, pattern) => {
  const starts = await globStarts(toGlob(typed, win32), 'C:\\work', win32, everyFolder);
  expect(starts).toContainEqual({ folder, pattern });
});

test('elsewhere, a backslash is part of a name', async () => {
  expect(toGlob('charts\\*', posix)).toBe('charts\\*');
  expect(toGlob('\\\\?\\C:\\*', posix)).toBe('\\\\?\\C:\\*');
});

test.each(['Files (x86)', '[ab]', 'a b', '{a,b}', 'a(b)+(c)', '@(a)', 'it!', "it's", '#1 100%'])(
  'a pattern finds the charts of a folder whose name is %s, relative and absolute',
  async (name) => {
    const work = await testFolder();
    const chart = join(work, name, 'charts', 'web', 'Chart.yaml');
    await mkdir(dirname(chart), { recursive: true });
    await writeFile(chart, '');
    for (const [pattern, base] of [
      [`${name}/charts/*`, work],
      [`${work}/${name}/charts/*`, '/'],
      [`${name}/*/web`, work],
      ['*', join(work, name, 'charts')],
      ['../charts/*', join(work, name, 'charts')],
    ] as const) {
      const found = await globFrom(await globStarts(pattern, base), { onlyFiles: 'files and folders', links: 'skip' });
      expect(found, pattern).toContain(dirname(chart));
    }
  },
);

test('a folder whose name is a pattern does not hide those that the pattern matches', async () => {
  const work = await testFolder();
  for (const name of ['a', 'b', '[ab]']) await mkdir(join(work, name, 'web'), { recursive: true });
  const found = await globFrom(await globStarts('[ab]/*', work), { onlyFiles: 'files and folders', links: 'skip' });
  expect(found).toEqual(['[ab]', 'a', 'b'].map((name) => join(work, name, 'web')));
});
