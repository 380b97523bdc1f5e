import { expect, test } from 'vitest';
import { parseEntryPath } from '../../../src/helm/charts/archive-entry.ts';

test.each([
  'nul.txt',
  'NUL',
  'con',
  'templates/aux.yaml',
  'com1.tar.gz',
  'a:b',
  'a.yaml:stream',
  'what?',
  'a*',
  'a|b',
  'x.',
  'x ',
])('an archive with the name %s is refused on Windows before it is unpacked, and taken elsewhere', (name) => {
  const entry = { name: `chart/${name}` };
  expect(() => parseEntryPath(entry, 'chart.tgz', 'win32')).toThrow('has a name that Windows cannot hold');
  expect(parseEntryPath(entry, 'chart.tgz', 'linux').path).toBe(name);
});

test.each([
  'null.yaml',
  'console/a.yaml',
  'templates/_helpers.tpl',
  '.helmignore',
  'com10.txt',
  'a.b.c',
  'charts/x-1.0.0+1.tgz',
])('an archive with the name %s is taken on Windows', (name) => {
  expect(parseEntryPath({ name: `chart/${name}` }, 'chart.tgz', 'win32').path).toBe(name);
});
