/** Spellings of one path, with the path functions of each system. */
import { posix, win32 } from 'node:path';
import { describe, expect, test } from 'vitest';
import { absolutePath, pathFrom } from '../../../src/core/files/path-spelling.ts';

describe('on Windows, in a checkout at Z:\\x\\repo, the path', () => {
  const top = 'Z:\\x\\repo';
  test.each([
    'charts\\a',
    'charts/a',
    '.\\charts\\a',
    './charts/a',
    'charts\\a\\',
    'charts/a/',
    'charts\\\\a',
    'charts//a',
    'charts\\.\\a',
    'values\\..\\charts\\a',
    'values/../charts/a',
    'none\\..\\charts\\a',
    '..\\repo\\charts\\a',
    '../repo/charts/a',
    '..\\..\\x\\repo\\charts\\a',
    'Z:\\x\\repo\\charts\\a',
    'Z:/x/repo/charts/a',
    'Z:\\x/repo\\charts/a',
    'z:\\x\\repo\\charts\\a',
    'z:/x/repo/charts/a',
    'Z:\\X\\REPO\\charts\\a',
    'Z:\\x\\Repo\\charts\\a',
    'Z:\\x\\..\\x\\repo\\charts\\a',
    'Z:/x/../x/repo/charts/a',
    'Z:\\\\x\\\\repo\\\\charts\\\\a',
    'Z:\\x\\repo\\charts\\a\\.',
    'Z:\\x\\repo\\charts\\b\\..\\a',
    '\\x\\repo\\charts\\a',
    '/x/repo/charts/a',
    '\\X\\repo\\charts\\a',
    '/x/other/../repo/charts/a',
    'Z:charts\\a',
    'z:charts/a',
    '\\\\?\\Z:\\x\\repo\\charts\\a',
    '\\\\?\\z:\\x\\repo\\charts\\a',
    '//?/Z:/x/repo/charts/a',
    '\\\\.\\Z:\\x\\repo\\charts\\a',
    '//./Z:/x/repo/charts/a',
    '\\\\?\\Z:\\x\\repo\\charts\\b\\..\\a',
    '\\\\?\\Z:\\X\\REPO\\charts\\a\\',
  ])('%s is charts\\a', (typed) => {
    expect(pathFrom(top, absolutePath(typed, top, win32), win32)).toBe('charts\\a');
    expect(pathFrom(`\\\\?\\${top}`, absolutePath(typed, top, win32), win32)).toBe('charts\\a');
  });

  test.each([
    'Y:\\x\\repo\\charts\\a',
    'Z:\\x\\repository\\charts\\a',
    '..\\charts\\a',
    '\\repo\\charts\\a',
    '\\\\server\\share\\repo\\charts\\a',
    '\\\\?\\UNC\\server\\share\\repo',
    '\\\\?\\Volume{b75e2c83-0000-0000-0000-602f00000000}\\repo',
  ])('%s is outside', (typed) => {
    expect(pathFrom(top, absolutePath(typed, top, win32), win32)).toBeUndefined();
  });

  test('of a share is the same with and without the prefix for long paths', () => {
    const share = '\\\\server\\share\\repo';
    expect(pathFrom(share, absolutePath('\\\\?\\UNC\\server\\share\\repo\\charts\\a', top, win32), win32)).toBe(
      'charts\\a',
    );
    expect(pathFrom(share, absolutePath('//SERVER/share/repo/charts/a', top, win32), win32)).toBe('charts\\a');
  });
});

describe('elsewhere, in a checkout at /x/repo, the path', () => {
  test.each([
    'charts/a',
    './charts/a',
    'charts//a',
    'charts/a/',
    'charts/./a',
    'values/../charts/a',
    '../repo/charts/a',
    '../../x/repo/charts/a',
    '/x/repo/charts/a',
    '//x/repo/charts/a',
    '/x/../x/repo/charts/a',
    '/x/repo/none/../charts/a',
    '/x/./repo/charts/a',
    '/../x/repo/charts/a',
    '/x/repo/charts/a/',
  ])('%s is charts/a', (typed) => {
    expect(pathFrom('/x/repo', absolutePath(typed, '/x/repo', posix), posix)).toBe('charts/a');
  });

  test.each(['/x/REPO/charts/a', '/x/repository', '../a', '/x'])('%s is outside', (typed) => {
    expect(pathFrom('/x/repo', absolutePath(typed, '/x/repo', posix), posix)).toBeUndefined();
  });

  test('with backslashes is a name', () => {
    expect(pathFrom('/x/repo', absolutePath('\\\\?\\Z:\\a', '/x/repo', posix), posix)).toBe('\\\\?\\Z:\\a');
    expect(pathFrom('/x/repo', absolutePath('..a', '/x/repo', posix), posix)).toBe('..a');
  });
});
