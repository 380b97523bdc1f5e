import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readHelmIgnore } from '../../../src/helm/charts/helm-ignore.ts';
import { chartFiles, helms, writeFiles } from '../../support/charts.ts';
import { testFolder } from '../../support/folder.ts';
import { outputOf } from '../../support/program.ts';

const files = [
  'README.md',
  'a.txt',
  'b.txt',
  '[x].txt',
  'x.txt',
  '.hidden',
  'docs/a.txt',
  'docs/deep/b.md',
  'build/a.txt',
];
const folders = ['docs', 'docs/deep', 'build'];

/** What is left of the files by our reading. */
function leftBy(text: string): readonly string[] {
  const ignores = readHelmIgnore(text);
  const inIgnored = (path: string) =>
    folders.some((folder) => path.startsWith(`${folder}/`) && ignores(folder, 'folder'));
  return files.filter((path) => !inIgnored(path) && !ignores(path, 'file')).sort();
}

async function leftByHelm(helm: string, text: string): Promise<readonly string[]> {
  const folder = await testFolder();
  const template = '{{ range $path, $_ := .Files.Glob "**" }}\n# file {{ $path }}\n{{ end }}\na: 1\n';
  await writeFiles(folder, chartFiles('web', { 'templates/pod.yaml': template, '.helmignore': text }));
  for (const path of files) await writeFiles(folder, { [path]: 'x' });
  await mkdir(join(folder, 'home'));
  const printed = await outputOf(helm, ['template', folder], {
    env: { HOME: join(folder, 'home'), PATH: process.env['PATH'] },
  });
  const found = [...printed.matchAll(/^# file (.+)$/gm)].map(([, path = '']) => path);
  return found.filter((path) => files.includes(path)).sort();
}

const rules = [
  '',
  '# a.txt',
  'a.txt',
  '*.txt',
  '/a.txt',
  '/*.txt',
  'docs/',
  'docs/*',
  'docs',
  'docs/*/',
  '?.txt',
  '[ab].txt',
  '[^ab].txt',
  '\\[x\\].txt',
  '!*',
  'a.txt/',
  '  a.txt  \n\n.hidden',
  'docs/deep/b.md',
  'deep/',
];

describe.each(helms)('.helmignore as $title reads it', ({ helm }) => {
  test.each(rules)('leaves out the same files: %j', async (text) => {
    expect(leftBy(text)).toEqual(await leftByHelm(helm.path, text));
  });
});

test('a rule with ! leaves out all but what it matches, Chart.yaml too, so that helm finds no chart', () => {
  expect(leftBy('!*.md')).toEqual(['README.md']);
});

test.each(['docs/**', '[a', 'a.txt\n**/b.txt'])('a rule that helm does not accept ignores nothing: %j', (text) => {
  expect(leftBy(text)).toEqual([...files].sort());
});
